import { configurationItemProcess } from '../../index';
import { wrongFields } from '../../testing';

describe('the body of a command on items', () => {
  it.each([
    ['RegisterCI', {}, ['ciClass', 'identification']],
    ['RegisterCI', { ciClass: 'server', identification: [] }, ['identification']],
    ['RegisterCI', { ciClass: 'server', identification: ['a', 'a'] }, []],
    [
      'RegisterCI',
      { ciClass: 'server', identification: ['a', 'b', 'c', 'd', 'e'] },
      ['identification'],
    ],
    ['RegisterCI', { ciClass: 'server', identification: ['a\nb'] }, ['identification']],
    ['RegisterCI', { ciClass: 'server', identification: ['a'], attributes: 7 }, ['attributes']],
    ['RegisterCI', { ciClass: 'server', identification: ['a'], state: 'disposed' }, ['state']],
    [
      'RegisterCI',
      { ciClass: 'server', identification: ['a'], assetState: 'in-use' },
      ['assetState'],
    ],
    ['ChangeCIAttribute', { attribute: 'a', value: 1 }, ['change']],
    ['ChangeCIAttribute', { attribute: 'a', value: null, discoveryRun: 'r' }, []],
    ['ChangeCIAttribute', { attribute: 'a', value: {}, change: 'c' }, ['value']],
    ['ChangeCIAttribute', { attribute: 'a', value: 'x'.repeat(2_001), change: 'c' }, ['value']],
    ['ChangeCIAttribute', { attribute: 'a', value: NaN, change: 'c' }, ['value']],
    ['CorrectCIAttribute', { attribute: 'a', value: true }, ['reason']],
    [
      'ReconcileCI',
      { attribute: 'a', candidates: [{ source: 's' }], discoveryRun: 'r' },
      ['candidates'],
    ],
    ['ReconcileCI', { attribute: 'a', candidates: 's' }, ['candidates', 'discoveryRun']],
    ['MoveCILifecycle', { to: 'heaven' }, ['to']],
    ['RelateCI', { type: 'uses' }, ['change', 'target']],
    [
      'CorrectCIRelation',
      { correction: 'maybe', type: 'uses', target: 't' },
      ['correction', 'reason'],
    ],
    ['SetCIRedundancy', { kind: 'count', minimum: 0, change: 'c' }, ['minimum']],
    ['SetCIRedundancy', { kind: 'most', minimum: 1, change: 'c' }, ['kind']],
    ['VerifyCI', { method: 'guess' }, ['method']],
    ['AttestCI', { statement: ' ' }, ['statement']],
    ['ResolveCIDiscrepancy', { discrepancy: 1, resolution: 'accepted' }, ['comment']],
    ['ResolveCIDiscrepancy', { discrepancy: 0, resolution: 'record-corrected' }, ['discrepancy']],
    ['DisposeAsset', { method: 'sold' }, ['certificate']],
    ['MoveAsset', { state: 'nowhere', substate: 'odd' }, ['state', 'substate']],
    ['ReturnAsset', { substate: 'lost' }, ['substate']],
  ])('of %s with %j is wrong in %j', (name, body, wrong) => {
    expect(wrongFields(configurationItemProcess, name, body)).toEqual(wrong);
  });
});
