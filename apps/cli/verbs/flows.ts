import { userInfo } from 'node:os';
import {
  backtestFlow,
  replayFlow,
  type BacktestReport,
  type FlowInstanceView,
  type FlowWait,
} from '@ledgerdesk/engine';
import { parsePosition } from '@ledgerdesk/event-store';
import { flows } from '@ledgerdesk/flows';
import { LedgerdeskError, type FlowDefinition } from '@ledgerdesk/kernel';
import { EXIT } from '../exit-codes';
import { flowClient } from '../flows/flow-client';
import type { FlowAct, FlowKey } from '../flows/flow-client.port';
import { wholeNumber } from '../option-values';
import { toCell, toTable } from '../output';
import { withLog } from '../stores';
import { answer, type VerbContext } from '../verb';

/** Options that all verbs of flows take. */
export interface FlowOptions {
  readonly url?: string;
}

interface PageOptions extends FlowOptions {
  readonly limit?: string;
  readonly cursor?: string;
}

export interface InstancesOptions extends PageOptions {
  readonly status?: string;
}

export interface TimersOptions extends PageOptions {
  readonly flow?: string;
}

export interface ActOptions extends FlowOptions {
  readonly actor?: string;
  readonly reason?: string;
  readonly step?: string;
  readonly dueAt?: string;
}

export interface BacktestRange {
  readonly after?: string;
  readonly until?: string;
}

/** `ledgerdesk flows list`: which there are, and how they stand. */
export async function listFlows(context: VerbContext, { url }: FlowOptions): Promise<number> {
  const found = await flowClient(context, url).list();
  answer(context, found, () =>
    toTable(
      ['flow', 'version', 'open', 'parked', 'timers', 'lag'],
      found.items.map(({ name, version, open, parked, timers, lagEvents }) => {
        return [name, version, open, parked, timers, lagEvents];
      }),
    ),
  );
  return EXIT.ok;
}

/** `ledgerdesk flows instances`: what each waits for, and since when. */
export async function listInstances(
  context: VerbContext,
  flow: string,
  { url, status, ...page }: InstancesOptions,
): Promise<number> {
  const query = { flow, ...pageOf(page), ...(status !== undefined && { status: checked(status) }) };
  const { items, nextCursor } = await flowClient(context, url).instances(query);
  answer(context, { items, nextCursor }, () => {
    const rows = items.map(({ key, status: standing, since, waitingFor }) => {
      return [key, standing, since, waitText(waitingFor)];
    });
    return toTable(['key', 'status', 'since', 'waiting for'], rows) + more(nextCursor);
  });
  return EXIT.ok;
}

/** `ledgerdesk flows show`: one instance with its commands, timers, state and history. */
export async function showInstance(
  context: VerbContext,
  address: FlowKey,
  { url }: FlowOptions,
): Promise<number> {
  const instance = await flowClient(context, url).show(address);
  answer(context, instance, () => instanceText(instance));
  return EXIT.ok;
}

/** `ledgerdesk flows timers`: which fall due next. */
export async function listTimers(
  context: VerbContext,
  { url, flow, ...page }: TimersOptions,
): Promise<number> {
  const query = { ...pageOf(page), ...(flow !== undefined && { flow }) };
  const { items, nextCursor } = await flowClient(context, url).timers(query);
  answer(context, { items, nextCursor }, () => {
    const rows = items.map((row) => [row.dueAt, row.flow, row.key, row.timer]);
    return toTable(['due', 'flow', 'key', 'timer'], rows) + more(nextCursor);
  });
  return EXIT.ok;
}

/** `ledgerdesk flows retry|skip|compensate|move-timer`: what a person does, under their name. */
export async function actOn(
  context: VerbContext,
  address: FlowKey,
  act: FlowAct,
  { url, actor = userInfo().username }: ActOptions,
): Promise<number> {
  const instance = await flowClient(context, url).act(address, act, actor);
  answer(context, instance, () => instanceText(instance));
  return EXIT.ok;
}

/** `ledgerdesk flows replay`: decides the whole history again; exits 1 where it would differ. */
export async function replay(context: VerbContext, name: string): Promise<number> {
  const flow = flowNamed(name);
  const report = await withLog(context.location, (log) => replayFlow(flow, log));
  answer(context, report, () => {
    const { instances, decisions, differenceCount, differences, version } = report;
    const rows = differences.map(({ kind, stream, recorded, decided }) => {
      return [kind, stream, recorded, decided];
    });
    const head =
      `${name} ${version}: ${instances} instances, ${decisions} decisions, ` +
      `${differenceCount} differences\n`;
    return rows.length === 0
      ? head
      : head + toTable(['kind', 'stream', 'recorded', 'would be'], rows);
  });
  return report.differenceCount === 0 ? EXIT.ok : EXIT.found;
}

/** `ledgerdesk flows backtest`: what it would have done on recorded history; writes nothing. */
export async function backtest(
  context: VerbContext,
  name: string,
  { after, until }: BacktestRange,
): Promise<number> {
  const flow = flowNamed(name);
  const report = await withLog(context.location, (log) =>
    backtestFlow(flow, log, {
      ...(after !== undefined && { after: parsePosition(after) }),
      ...(until !== undefined && { until: parsePosition(until) }),
      signal: context.io.signal,
    }),
  );
  answer(context, report, () => {
    const { events, instances, decisions, timersElapsed, faultCount, comparison } = report;
    const rows: (readonly unknown[])[] = [
      ['events seen', events],
      ['instances', instances],
      ['decisions', decisions],
      ['timers elapsed', timersElapsed],
      ['faults', faultCount],
      ...Object.entries(report.commandCounts),
      ...(comparison === null ? [] : comparisonRows(comparison)),
    ];
    return toTable([`${name} ${report.version}`, ''], rows);
  });
  return report.faultCount === 0 ? EXIT.ok : EXIT.found;
}

/** Each side's groups have rows of their own: `recorded groups`, `claimed members`. */
function comparisonRows({
  recorded,
  claimed,
  ...facts
}: NonNullable<BacktestReport['comparison']>): readonly (readonly unknown[])[] {
  const sideRows = Object.entries({ recorded, claimed }).flatMap(([side, groups]) =>
    Object.entries(groups).map(([name, count]): readonly unknown[] => [`${side} ${name}`, count]),
  );
  return [...sideRows, ...Object.entries(facts)];
}

function flowNamed(name: string): FlowDefinition {
  const flow = flows.find((candidate) => candidate.name === name);
  if (flow !== undefined) return flow;
  const names = flows.map((candidate) => candidate.name);
  throw new LedgerdeskError(
    'missing.flow',
    `there is no flow ${name.slice(0, 80)}; there are ${names.join(', ')}`,
    { details: { flow: name.slice(0, 80), flows: names } },
  );
}

function checked(status: string): 'open' | 'parked' {
  if (status === 'open' || status === 'parked') return status;
  throw new LedgerdeskError(
    'malformed.option',
    `--status is "${status.slice(0, 40)}"; give open or parked`,
    { details: { option: '--status' } },
  );
}

function pageOf({ limit, cursor }: PageOptions): { limit?: number; cursor?: string } {
  return {
    ...(limit !== undefined && { limit: wholeNumber('--limit', limit) }),
    ...(cursor !== undefined && { cursor }),
  };
}

function waitText(wait: FlowWait | null): string {
  switch (wait?.kind) {
    case 'person':
      return `a person: ${wait.code} (${wait.attempts} tries): ${wait.message}`;
    case 'command':
      return wait.commands.join(', ');
    case 'timer':
      return `${wait.timer} at ${wait.dueAt}`;
    case 'event':
      return wait.events.join(' or ');
    case undefined:
      return '-';
  }
}

function instanceText(instance: FlowInstanceView): string {
  const { flow, key, status, waitingFor, parking, steps, commands, timers, history } = instance;
  const sent = commands.map(({ step, command, ticket, status: standing }) => {
    return [step, command, ticket, standing];
  });
  const told = history.map(({ occurredAt, type, actor, data }) => [occurredAt, type, actor, data]);
  return [
    `${flow} ${key}: ${status}, waits for ${waitText(waitingFor)}\n`,
    parking === null ? '' : `parked since ${parking.since}; ${toCell(parking.wayOut)}\n`,
    steps.length === 0 ? '' : `steps: ${steps.join(', ')}\n`,
    sent.length === 0 ? '' : `\n${toTable(['step', 'command', 'ticket', 'status'], sent)}`,
    timers.length === 0
      ? ''
      : `\n${toTable(
          ['timer', 'due'],
          timers.map(({ name, dueAt }) => [name, dueAt]),
        )}`,
    `\n${toTable(['when', 'event', 'by', 'what'], told)}`,
  ].join('');
}

function more(nextCursor: string | null): string {
  return nextCursor === null ? '' : `more with --cursor ${nextCursor}\n`;
}
