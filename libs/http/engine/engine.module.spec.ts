import { Engine, type CommandOutcome } from '@ledgerdesk/engine';
import { add, errorOf, OpenCounter, openTestEngine } from '@ledgerdesk/engine/testing';
import { Module } from '@nestjs/common';
import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { requestOf, withRequest, type CommandEnvelope } from './command-dispatch';
import { EngineModule } from './engine.module';

const envelope: CommandEnvelope = {
  tenant: 'acme',
  actor: 'ada',
  onBehalfOf: null,
  origin: { kind: 'api', id: 'spec', version: '1' },
  commandId: 'open-1',
};

async function application(...modules: readonly (new () => object)[]): Promise<TestingModule> {
  const engine = await openTestEngine();
  const testing = await Test.createTestingModule({
    imports: [EngineModule.forRoot(engine), ...modules],
  }).compile();
  return testing.init();
}

describe('EngineModule', () => {
  it('brings commands over the Nest command bus to the pipeline and the outcome back', async () => {
    const app = await application();
    const bus = app.get(CommandBus);
    const command = Object.assign(new OpenCounter(), { title: 'Cups' });
    const outcome = await bus.execute<OpenCounter, CommandOutcome>(withRequest(command, envelope));
    expect(outcome).toMatchObject({ number: 'CNT-000001', repeated: false });
    const ticket = await app.get(Engine).tickets.load('counter', outcome.id);
    expect(ticket.revision).toBe(outcome.revision);
    await app.close();
  });

  it('leaves the engine to whoever opened it when the application closes', async () => {
    const app = await application();
    const engine = app.get(Engine);
    await app.close();
    const command = withRequest(Object.assign(new OpenCounter(), { title: 'x' }), envelope);
    await expect(engine.commands.execute(requestOf('counter', command))).resolves.toMatchObject({
      repeated: false,
    });
  });

  it('refuses a command without a request', async () => {
    const app = await application();
    const error = await errorOf(app.get(CommandBus).execute(add(1)));
    expect(error.code).toBe('defect.request-missing');
    await app.close();
  });

  it('refuses to boot where another handler wants one of its commands', async () => {
    @CommandHandler(OpenCounter)
    class MyOwnOpener implements ICommandHandler<OpenCounter> {
      execute(): Promise<never> {
        return Promise.reject(new Error('never asked'));
      }
    }
    @Module({ providers: [MyOwnOpener] })
    class MyOwnModule {}
    const error = await errorOf(application(MyOwnModule));
    expect(error.code).toBe('defect.duplicate-command');
    expect(error.details).toEqual({ command: 'OpenCounter', handler: 'MyOwnOpener' });
  });
});
