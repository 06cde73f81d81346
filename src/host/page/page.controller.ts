import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { packageRoot } from '../../config/package-root.js';
import { Public } from '../auth/caller.js';

/** The compiler copies no assets, so they are read where they were written, by the sources and by dist alike. */
const read = (name: string): string => readFileSync(join(packageRoot(), 'src/host/page', name), 'utf8');

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The page at `/`: three static files that tell nothing about anybody. */
@ApiExcludeController()
@Public()
@Controller()
export class PageController {
  readonly #html = read('index.html');
  readonly #script = read('page.js');
  readonly #style = read('page.css');

  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', POLICY)
  html(): string {
    return this.#html;
  }

  @Get('page.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  script(): string {
    return this.#script;
  }

  @Get('page.css')
  @Header('content-type', 'text/css; charset=utf-8')
  style(): string {
    return this.#style;
  }
}
