import type { ToolOffer } from '../../ports.js';
import { dnsLookup } from './dns-lookup.tool.js';
import { httpProbe } from './http-probe.tool.js';
import { logAnalyze } from './log-analyze.tool.js';
import { mailCheck } from './mail-check.tool.js';
import { tcpConnect } from './tcp-connect.tool.js';
import { tlsInspect } from './tls-inspect.tool.js';
import type { PermissionClass, Tool } from './tool.js';

/** Every tool that diagnostics has. */
export const TOOLS: readonly Tool[] = [dnsLookup, tcpConnect, tlsInspect, httpProbe, mailCheck, logAnalyze];

const BY_NATIVE_NAME = new Map(TOOLS.map((tool) => [tool.offer.name, tool]));

/** The tools of the given classes, as models see them. */
export const offersOf = (classes: ReadonlySet<PermissionClass>): ToolOffer[] =>
  TOOLS.filter(({ permission }) => classes.has(permission)).map(({ offer }) => offer);

/** The tool that a model means by the name under which it was offered. */
export const toolOf = (nativeName: string): Tool | undefined => BY_NATIVE_NAME.get(nativeName);

/** Version by name, for the manifest. */
export const TOOL_VERSIONS: Readonly<Record<string, string>> = Object.fromEntries(
  TOOLS.map(({ name, version }) => [name, version]),
);
