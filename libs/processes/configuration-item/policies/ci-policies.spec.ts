import {
  ciClassSchema,
  concreteClasses,
  defaultCIPolicies,
  relationTypeOf,
  type CIClasses,
} from '../../index';
import { attributeFault } from './ci-classes';
import { relationNames } from './relation-types';
import { sourceRank } from './source-priorities';

const classes = defaultCIPolicies.ciClasses.value;
const types = defaultCIPolicies.relationTypes.value;

describe('the schema of classes', () => {
  it.each(Object.keys(classes))(
    '%s has parents that are there, and a way to be identified',
    (name) => {
      const schema = ciClassSchema(classes, name);
      for (const parent of classes[name]?.parents ?? []) {
        expect(ciClassSchema(classes, parent)).toBeDefined();
      }
      expect(schema?.identifiedBy.length).toBeGreaterThan(0);
      for (const attribute of schema?.identifiedBy ?? []) {
        expect(schema?.attributes[attribute]?.type).toBe('text');
      }
    },
  );

  it('inherits attributes, identification and custody over all generations', () => {
    expect(ciClassSchema(classes, 'server')).toMatchObject({
      isAsset: true,
      isAbstract: false,
      identifiedBy: ['serialNumber'],
      attributes: { name: { isMandatory: true }, endOfWarranty: { type: 'date' } },
    });
    expect([...(ciClassSchema(classes, 'server')?.lineage ?? [])]).toEqual(
      expect.arrayContaining(['server', 'connectable-ci', 'physical-device', 'item']),
    );
  });

  it('takes the later of two parents where both declare an attribute', () => {
    const both: CIClasses = {
      one: { title: 'One', attributes: { size: { type: 'integer' } }, identifiedBy: ['size'] },
      two: { title: 'Two', isAsset: true, attributes: { size: { type: 'text' } } },
      child: { title: 'Child', parents: ['one', 'two'] },
      grandchild: { title: 'Grandchild', parents: ['child'], isAsset: false },
    };
    expect(ciClassSchema(both, 'child')).toMatchObject({
      isAsset: true,
      attributes: { size: { type: 'text' } },
    });
    expect(ciClassSchema(both, 'grandchild')?.isAsset).toBe(false);
  });

  it('ends where classes go round in a ring', () => {
    const ring: CIClasses = {
      one: { title: 'One', parents: ['two'] },
      two: { title: 'Two', parents: ['one'] },
    };
    expect(ciClassSchema(ring, 'one')?.lineage).toEqual(new Set(['one', 'two']));
  });

  it('lists the classes of which items can be', () => {
    expect(concreteClasses(classes)).toEqual(expect.arrayContaining(['farm', 'server', 'vlan']));
    expect(concreteClasses(classes)).not.toContain('functional-ci');
  });

  it.each([
    ['text', 'a', true],
    ['text', ' ', false],
    ['text', 'a\ud800', false],
    ['integer', 3, true],
    ['integer', 3.5, false],
    ['boolean', false, true],
    ['boolean', 'no', false],
    ['date', '2024-02-29', true],
    ['date', '2025-02-29', false],
    ['date', '2025-2-1', false],
  ] as const)('a %s may be %j: %s', (type, value, fits) => {
    expect(attributeFault(value, { type }) === undefined).toBe(fits);
  });
});

describe('the relation types', () => {
  it.each(relationNames(types))('%s reads the same from both sides', (name) => {
    const type = relationTypeOf(types, name);
    const back = relationTypeOf(types, type?.inverse ?? '');
    const turned = {
      'source-to-target': 'target-to-source',
      'target-to-source': 'source-to-target',
    };
    expect(back?.inverse).toBe(name);
    expect(back?.impact).toBe(
      type?.impact === 'none' ? 'none' : turned[type?.impact ?? 'source-to-target'],
    );
  });

  it('are unknown by any other name', () => {
    expect(relationTypeOf(types, 'loves')).toBeUndefined();
    expect(relationTypeOf(types, 'toString')).toBeUndefined();
  });
});

describe('the priority of sources', () => {
  const { value } = defaultCIPolicies.sourcePriorities;

  it('is that of the attribute, else the default, with unknown sources last', () => {
    expect(sourceRank(value, 'firmware', 'agent')).toBe(0);
    expect(sourceRank(value, 'owner', 'correction')).toBe(0);
    expect(sourceRank(value, 'owner', 'hearsay')).toBe(value.default.length);
    expect(sourceRank(value, 'constructor', 'correction')).toBe(0);
  });
});
