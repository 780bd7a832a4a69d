import type { Policy } from '@ledgerdesk/kernel';
import type { CIAttribute, CIClasses } from './ci-classes';
import { ciClassesKind } from './ci-classes-kind';

const text: CIAttribute = { type: 'text' };
const longText: CIAttribute = { type: 'text', max: 2_000 };
const mandatoryText: CIAttribute = { type: 'text', isMandatory: true };
const whole: CIAttribute = { type: 'integer' };
const date: CIAttribute = { type: 'date' };
const choice = (...words: string[]): CIAttribute => ({ type: 'choice', words });

/** iTop's classes with their inheritance; `item` is the root that all descend from. */
const iTopClasses: CIClasses = {
  item: {
    title: 'Item',
    isAbstract: true,
    attributes: { name: mandatoryText, description: longText, owner: text },
    identifiedBy: ['name'],
  },

  organisation: { title: 'Organisation', parents: ['item'], attributes: { code: text } },
  location: {
    title: 'Location',
    parents: ['item'],
    attributes: { address: longText, city: text, country: text },
  },
  contact: { title: 'Contact', parents: ['item'], isAbstract: true, attributes: { email: text } },
  person: {
    title: 'Person',
    parents: ['contact'],
    attributes: { email: mandatoryText, phone: text, organisation: text },
    identifiedBy: ['email'],
  },
  team: { title: 'Team', parents: ['contact'] },
  group: { title: 'Group of items', parents: ['item'], attributes: { kind: text } },
  document: {
    title: 'Document',
    parents: ['item'],
    attributes: { version: text, reference: text },
    identifiedBy: ['name', 'version'],
  },
  contract: {
    title: 'Contract',
    parents: ['item'],
    attributes: {
      reference: mandatoryText,
      kind: choice('customer', 'provider'),
      startsOn: date,
      endsOn: date,
    },
    identifiedBy: ['reference'],
  },
  licence: {
    title: 'Licence',
    parents: ['item'],
    isAsset: true,
    attributes: {
      key: mandatoryText,
      kind: choice('operating-system', 'software'),
      seats: whole,
      endsOn: date,
    },
    identifiedBy: ['key'],
  },
  software: {
    title: 'Software',
    parents: ['item'],
    attributes: { vendor: text, version: mandatoryText },
    identifiedBy: ['name', 'version'],
  },
  patch: {
    title: 'Patch',
    parents: ['item'],
    attributes: { kind: choice('operating-system', 'software') },
  },

  'functional-ci': {
    title: 'Functional CI',
    parents: ['item'],
    isAbstract: true,
    attributes: {
      criticality: choice('low', 'medium', 'high'),
      environment: choice('development', 'test', 'acceptance', 'production'),
      location: text,
      inProductionSince: date,
    },
  },
  'business-process': { title: 'Business process', parents: ['functional-ci'] },
  'application-solution': { title: 'Application solution', parents: ['functional-ci'] },

  'physical-device': {
    title: 'Physical device',
    parents: ['functional-ci'],
    isAbstract: true,
    isAsset: true,
    attributes: {
      serialNumber: mandatoryText,
      brand: text,
      model: text,
      purchasedOn: date,
      endOfWarranty: date,
    },
    identifiedBy: ['serialNumber'],
  },
  'connectable-ci': {
    title: 'Connectable CI',
    parents: ['physical-device'],
    isAbstract: true,
    attributes: { managementAddress: text },
  },
  'data-centre-device': {
    title: 'Data-centre device',
    parents: ['connectable-ci'],
    isAbstract: true,
    attributes: { rackUnits: whole },
  },
  server: {
    title: 'Server',
    parents: ['data-centre-device'],
    attributes: { operatingSystem: text, cpuCores: whole, memoryGigabytes: whole },
  },
  'network-device': {
    title: 'Network device',
    parents: ['data-centre-device'],
    attributes: { kind: text, firmware: text },
  },
  'storage-system': { title: 'Storage system', parents: ['data-centre-device'] },
  'san-switch': { title: 'SAN switch', parents: ['data-centre-device'] },
  nas: { title: 'NAS', parents: ['data-centre-device'] },
  'tape-library': { title: 'Tape library', parents: ['data-centre-device'] },
  pc: { title: 'PC', parents: ['connectable-ci'], attributes: { operatingSystem: text } },
  printer: { title: 'Printer', parents: ['connectable-ci'] },
  phone: { title: 'Phone', parents: ['physical-device'], attributes: { phoneNumber: text } },
  peripheral: { title: 'Peripheral', parents: ['physical-device'] },
  rack: { title: 'Rack', parents: ['physical-device'], attributes: { rackUnits: whole } },
  enclosure: { title: 'Enclosure', parents: ['physical-device'], attributes: { rackUnits: whole } },
  'power-connection': {
    title: 'Power connection',
    parents: ['physical-device'],
    isAbstract: true,
  },
  'power-source': { title: 'Power source', parents: ['power-connection'] },
  pdu: { title: 'PDU', parents: ['power-connection'] },

  tape: { title: 'Tape', parents: ['item'], isAsset: true, attributes: { sizeGigabytes: whole } },
  'logical-volume': {
    title: 'Logical volume',
    parents: ['item'],
    attributes: { storage: mandatoryText, raidLevel: text, sizeGigabytes: whole },
    identifiedBy: ['storage', 'name'],
  },
  'network-interface': {
    title: 'Network interface',
    parents: ['item'],
    attributes: { device: mandatoryText, address: text, macAddress: text },
    identifiedBy: ['device', 'name'],
  },
  subnet: { title: 'Subnet', parents: ['item'], attributes: { mask: text } },
  vlan: { title: 'VLAN', parents: ['item'], attributes: { tag: whole } },

  'virtual-device': {
    title: 'Virtual device',
    parents: ['functional-ci'],
    isAbstract: true,
  },
  'virtual-host': {
    title: 'Virtual host',
    parents: ['virtual-device'],
    isAbstract: true,
  },
  hypervisor: { title: 'Hypervisor', parents: ['virtual-host'] },
  farm: { title: 'Farm', parents: ['virtual-host'] },
  'virtual-machine': {
    title: 'Virtual machine',
    parents: ['virtual-device'],
    attributes: { operatingSystem: text, cpuCores: whole, memoryGigabytes: whole, address: text },
  },

  'software-instance': {
    title: 'Software instance',
    parents: ['functional-ci'],
    isAbstract: true,
    attributes: { system: mandatoryText, software: text, version: text, path: text },
    identifiedBy: ['system', 'name'],
  },
  middleware: { title: 'Middleware', parents: ['software-instance'] },
  'database-server': { title: 'Database server', parents: ['software-instance'] },
  'web-server': { title: 'Web server', parents: ['software-instance'] },
  'pc-software': { title: 'PC software', parents: ['software-instance'] },
  'other-software': { title: 'Other software', parents: ['software-instance'] },
  'middleware-instance': {
    title: 'Middleware instance',
    parents: ['functional-ci'],
    attributes: { middleware: mandatoryText },
    identifiedBy: ['middleware', 'name'],
  },
  'database-schema': {
    title: 'Database schema',
    parents: ['functional-ci'],
    attributes: { databaseServer: mandatoryText },
    identifiedBy: ['databaseServer', 'name'],
  },
  'web-application': {
    title: 'Web application',
    parents: ['functional-ci'],
    attributes: { url: mandatoryText },
    identifiedBy: ['url'],
  },
};

/** iTop's classes, in force unless the organisation publishes others. */
export const ciClasses: Policy<CIClasses> = {
  name: 'ci-classes',
  kind: ciClassesKind,
  version: 1,
  value: iTopClasses,
};
