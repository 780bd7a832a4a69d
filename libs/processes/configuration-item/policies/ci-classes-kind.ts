import { valueChecks, type PolicyKind, type ValueCheck } from '@ledgerdesk/kernel';
import { ciClassSchema, type CIClasses } from './ci-classes';

const CLASSES_MAX = 500;
const ATTRIBUTES_MAX = 200;
const TEXT_MAX = 32_000;
const { both, fields, flag, list, map, text, whole, word } = valueChecks;

const attribute = fields(
  { type: word(['text', 'integer', 'boolean', 'date', 'choice']) },
  {
    words: list(text(200), { min: 1, max: ATTRIBUTES_MAX }),
    max: whole(1, TEXT_MAX),
    isMandatory: flag,
  },
);

const names = list(text(200), { max: ATTRIBUTES_MAX });

/** Parents that are there, none in a circle; attributes that identify are the class's own. */
const isSound: ValueCheck = (value, place = 'value') => {
  const classes = value as CIClasses;
  return Object.keys(classes).flatMap((name) => {
    const { attributes, identifiedBy } = ciClassSchema(classes, name) ?? {};
    const lost = (classes[name]?.parents ?? []).filter(
      (parent) => ciClassSchema(classes, parent)?.lineage.has(name) ?? true,
    );
    const unknown = (identifiedBy ?? []).filter((each) => attributes?.[each] === undefined);
    return [
      ...lost.map(
        (parent) => `${place}.${name}.parents names ${parent}, which is no class, or comes from it`,
      ),
      ...unknown.map((each) => `${place}.${name} has no attribute ${each} to be identified by`),
    ];
  });
};

/** Schemas of configuration items as the organisation may set them. */
export const ciClassesKind: PolicyKind = {
  name: 'ci-classes',
  title: 'Classes of configuration items',
  faults: both(
    map(
      fields(
        { title: text(200) },
        {
          parents: names,
          isAbstract: flag,
          isAsset: flag,
          attributes: map(attribute, { max: ATTRIBUTES_MAX }),
          identifiedBy: names,
        },
      ),
      { min: 1, max: CLASSES_MAX },
    ),
    isSound,
  ),
  presets: {},
};
