import {
  newUuid7,
  type CommandOutcome,
  type CommandRequest,
  type TracedWork,
} from '@ledgerdesk/engine';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { HttpApiSettings } from '../http-api.options';
import type { ProjectionWatch } from '../operations/projection-watch';
import type { CommandHeaders } from '../request/command-headers';
import { commandAnswerOf, type CommandAnswer } from './command-answer';
import type { CommandRoute } from './command-route';
import { dryRunAnswerOf, type DryRunAnswer } from './dry-run-answer';

/** Takes a command to the engine. */
export type CommandDispatch = (request: CommandRequest) => Promise<CommandOutcome>;

/** One command as it came in. */
export interface IncomingCommand {
  readonly route: CommandRoute;
  /** Id or number from the path; absent where the command begins a ticket. */
  readonly ticket: string | undefined;
  readonly body: unknown;
  readonly headers: CommandHeaders;
}

/** Turns what came in over HTTP into a command, sends it and tells what became of it. */
export class CommandSender {
  constructor(
    private readonly settings: HttpApiSettings,
    private readonly watch: ProjectionWatch,
    private readonly dispatch: CommandDispatch,
  ) {}

  /**
   * @throws LedgerdeskError `limit.projection-lag` (429), `malformed.*`, and all that
   * `CommandPipeline.execute` throws.
   */
  async send(incoming: IncomingCommand): Promise<CommandAnswer> {
    this.watch.assertKeepsUp();
    const request = this.requestOf(incoming);
    const outcome = await this.settings.tracing.within(
      () => workOf(incoming, request),
      () => this.dispatch(request),
    );
    return commandAnswerOf(outcome, request.commandId);
  }

  /**
   * What would be recorded if it were sent now.
   *
   * @throws LedgerdeskError as {@link CommandSender.send}
   */
  async dryRun(incoming: IncomingCommand): Promise<DryRunAnswer> {
    const request = this.requestOf(incoming);
    return dryRunAnswerOf(await this.settings.engine.commands.dryRun(request));
  }

  private requestOf({ route, ticket, body, headers }: IncomingCommand): CommandRequest {
    if (ticket === undefined && headers.expectedRevision !== undefined) {
      throw new LedgerdeskError(
        'malformed.header',
        'a ticket that is not there yet has no revision; leave If-Match out',
        { details: { header: 'If-Match' } },
      );
    }
    // What an outside trace brings about belongs together, as its trace says.
    const correlationId = headers.correlationId ?? headers.traceparent?.traceId;
    return {
      process: route.process.name,
      command: route.build(body),
      commandId: headers.idempotencyKey ?? newUuid7(),
      tenant: this.settings.tenant,
      actor: headers.actor,
      onBehalfOf: headers.onBehalfOf,
      origin: { kind: 'api', id: `POST ${route.path}`, version: this.settings.version },
      ...(ticket !== undefined && { ticket }),
      ...(headers.expectedRevision !== undefined && { expectedRevision: headers.expectedRevision }),
      ...(correlationId !== undefined && { correlationId }),
      ...(headers.causationId !== undefined && { causationId: headers.causationId }),
      ...(headers.occurredAt !== undefined && { occurredAt: headers.occurredAt }),
    };
  }
}

function workOf({ route, headers }: IncomingCommand, request: CommandRequest): TracedWork {
  const { traceparent } = headers;
  const { commandId, correlationId = commandId } = request;
  return {
    name: `POST ${route.path}`,
    kind: 'server',
    attributes: { 'http.request.method': 'POST', 'http.route': route.path },
    request: { correlationId, ...(traceparent && { traceparent }) },
  };
}
