import { givenFlow, type FlowEventStep } from '@ledgerdesk/kernel/testing';
import { cabToChange } from './cab-to-change.flow';

const decided = (decision: string, notes: string | null = null): FlowEventStep => [
  'cabMeeting-m',
  'CabMeetingItemDecided',
  { item: 1, change: 'a', decision, notes },
];

describe('cab-to-change', () => {
  it.each(['approved', 'rejected'])('carries %s to the change, and is over', (decision) => {
    givenFlow(cabToChange, 'a')
      .when(...decided(decision))
      .thenCommands(['AdoptCabDecision', 'a', { meeting: 'm' }])
      .thenInstance({ status: 'completed' });
  });

  it('notes on the change what is neither yes nor no, with what was said', () => {
    givenFlow(cabToChange, 'a')
      .when(...decided('deferred', 'The load test is missing.'))
      .thenCommands([
        'AddChangeNote',
        'a',
        { visibility: 'internal', text: expect.stringMatching(/deferred.*load test/) },
      ]);
  });

  it('makes an old scan anew and tries once more', () => {
    const answers = { AdoptCabDecision: { accepted: false, code: 'refused.stale-scan' } };
    givenFlow(cabToChange, 'a', [], answers)
      .when(...decided('approved'))
      .thenCommands(['AdoptCabDecision', 'a'], ['ScanChange', 'a'], ['AdoptCabDecision', 'a'])
      .thenParked('refused.stale-scan');
  });

  it('waits for a person where a freeze is in the way', () => {
    const answers = { AdoptCabDecision: { accepted: false, code: 'refused.hard-conflict' } };
    givenFlow(cabToChange, 'a', [], answers)
      .when(...decided('approved'))
      .thenParked('refused.hard-conflict');
  });

  it('takes a change that went on since for done', () => {
    const answers = { AdoptCabDecision: { accepted: false, code: 'refused.stale-decision' } };
    givenFlow(cabToChange, 'a', [], answers)
      .when(...decided('approved'))
      .thenInstance({ status: 'completed' });
  });
});
