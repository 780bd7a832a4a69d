import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { CommandOutcomes, type RecordedCommandOutcome } from '@ledgerdesk/engine';
import { LedgerdeskError } from '@ledgerdesk/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HTTP_API_SETTINGS, type HttpApiSettings } from '../http-api.options';
import { sendJson } from '../request/json-answer';
import { API_ROOT } from './command-route';

const SHOWN_MAX = 80;

/** What became of a command that came over the message broker, whose sender got no answer. */
@Controller(`${API_ROOT}/commands`)
export class CommandOutcomeController {
  private readonly outcomes: CommandOutcomes;

  constructor(@Inject(HTTP_API_SETTINGS) private readonly settings: HttpApiSettings) {
    this.outcomes = new CommandOutcomes(settings.engine);
  }

  @Get(':id')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { id = '' } = request.params as { readonly id?: string };
    const outcome = await this.outcomes.find(this.settings.tenant, id);
    if (outcome === undefined) throw missingOutcome(id);
    reply.header('cache-control', 'no-store');
    sendJson(reply, answerOf(outcome));
  }
}

function answerOf(outcome: RecordedCommandOutcome): object {
  const { commandId, process, command, ticket } = outcome.data;
  const told = { commandId, process, command, ticket, recordedAt: outcome.recordedAt };
  if (outcome.type === 'CommandRefused') {
    const { code, message, details } = outcome.data;
    return { ...told, outcome: 'refused', code, detail: message, details };
  }
  const { number, revision, position, eventId } = outcome.data;
  return { ...told, outcome: 'accepted', number, revision, position, eventId };
}

function missingOutcome(id: string): LedgerdeskError {
  return new LedgerdeskError(
    'missing.command-outcome',
    `nothing is known of command "${id.slice(0, SHOWN_MAX)}"; it may still be under way, and what was ` +
      'sent over HTTP was answered there',
  );
}
