import eslint from '@eslint/js';
import jest from 'eslint-plugin-jest';
import sonarjs from 'eslint-plugin-sonarjs';
import tseslint from 'typescript-eslint';

// A rule is an error or is off: there are no warnings. Formatting is Prettier's alone. What a
// linter cannot see stands in tools/tidy.spec.ts, who may import whom in .dependency-cruiser.cjs.

const specs = ['**/*.spec.ts', '**/*.e2e-spec.ts'];
const testKits = [
  'libs/*/testing/**/*.ts',
  'libs/*/conformance/**/*.ts',
  '**/*.conformance.ts',
  'test/**/*.ts',
];
const pureZone = ['kernel', 'processes', 'read-models', 'flows'].map(
  (lib) => `libs/${lib}/**/*.ts`,
);
const validatedClasses = ['**/*.commands.ts', '**/commands/*.ts', '**/*.command.ts'];

// `data` is left out: it is what CloudEvents and EventStoreDB call the payload of an event.
const roleWords =
  '/^(manager|helper|utils?|common|misc|info|impl|base)$' +
  '|(Manager|Helper|Utils?|Common|Misc|Info|Impl|Base)$|^Base[A-Z]/';
const declared = `:matches(${[
  'ClassDeclaration',
  'FunctionDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'VariableDeclarator',
].join(', ')})`;

const nodeGlobals = Object.fromEntries(
  ['console', 'process', 'module', 'require', '__dirname', 'URL', 'Buffer', 'performance']
    .concat([
      'setTimeout',
      'clearTimeout',
      'setImmediate',
      'AbortController',
      'structuredClone',
      'fetch',
    ])
    .map((name) => [name, 'readonly']),
);

const bannedSyntax = [
  {
    selector: 'TSEnumDeclaration',
    message: 'Write a constant object with a union type: enums are a second kind of value.',
  },
  {
    selector: 'ExportDefaultDeclaration',
    message: 'Export by name, so that a thing has one name everywhere.',
  },
  {
    selector: 'ExportAllDeclaration',
    message: 'Name each re-export: what is public is a decision, not an accident.',
  },
  {
    selector: 'BinaryExpression[operator="instanceof"][right.name="LedgerdeskError"]',
    message: 'Recognise errors by hasErrorCode: two copies of the kernel may share a process.',
  },
  {
    selector: `${declared}[id.name=${roleWords}]`,
    message: 'This word hides the role: name what the thing is for.',
  },
  {
    selector: 'MethodDefinition[kind="constructor"] > FunctionExpression[params.length>6]',
    message: 'More than six dependencies: split the class.',
  },
  {
    selector:
      ':matches(FunctionDeclaration, ArrowFunctionExpression, ' +
      'MethodDefinition[kind!="constructor"] > FunctionExpression)[params.length>5]',
    message: 'More than five parameters: take an options object.',
  },
];

const bannedAssertion = {
  selector: ':matches(PropertyDefinition, VariableDeclarator)[definite=true]',
  message: 'Give it a value: only fields of validated command classes are filled from outside.',
};

const configurationOnlyInApps = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]',
  message: 'Configuration is read by the apps and handed down.',
};

const pureSyntax = [
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
    message: 'The time comes in as an argument, so that the same events give the same result.',
  },
  {
    selector: 'CallExpression[callee.name="Date"]',
    message: 'The time comes in as an argument, so that the same events give the same result.',
  },
];

const impureGlobals = [
  'process',
  'Buffer',
  'crypto',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
  'console',
  'require',
  '__dirname',
  '__filename',
].map((name) => ({ name, message: 'The pure zone has no I/O, clock or randomness: take it in.' }));

export default tseslint.config(
  { ignores: ['**/node_modules/', 'dist/', 'coverage/', '.cache/', '.ledgerdesk/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },
  eslint.configs.recommended,
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: nodeGlobals },
    rules: { 'max-lines': ['error', 400] },
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    plugins: { sonarjs },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-extraneous-class': [
        'error',
        // A command without fields is an empty class.
        { allowWithDecorator: true, allowEmpty: true },
      ],
      // Spreading a text gives its code points, which is what it is used for here.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      '@typescript-eslint/no-shadow': 'error',
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/prefer-readonly': 'error',
      // An adapter over a synchronous driver still keeps the promise of its port, and turns what
      // it throws into a rejection.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      complexity: ['error', { max: 15, variant: 'modified' }],
      curly: ['error', 'multi-line'],
      // `== null` asks for null and undefined in one.
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-depth': ['error', 4],
      'max-lines': ['error', 400],
      'max-lines-per-function': ['error', { max: 70, skipComments: true, skipBlankLines: true }],
      'no-console': 'error',
      'no-param-reassign': 'error',
      'no-restricted-syntax': ['error', ...bannedSyntax, bannedAssertion],
      'object-shorthand': 'error',
      'prefer-template': 'off',
      'sonarjs/cognitive-complexity': ['error', 15],
    },
  },
  {
    files: ['libs/**/*.ts'],
    ignores: [...specs, ...testKits],
    rules: {
      'no-restricted-syntax': ['error', ...bannedSyntax, bannedAssertion, configurationOnlyInApps],
    },
  },
  {
    files: pureZone,
    ignores: [...specs, ...testKits],
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'The time comes in as an argument.' },
        { object: 'Math', property: 'random', message: 'Randomness comes in as an argument.' },
      ],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['node:*', '@nestjs/*', 'rxjs', 'rxjs/*', 'better-sqlite3', 'fastify', 'pino'],
              message: 'The pure zone knows no framework, no driver and no Node module.',
            },
          ],
        },
      ],
      'no-restricted-syntax': ['error', ...bannedSyntax, bannedAssertion, ...pureSyntax],
    },
  },
  {
    files: validatedClasses,
    rules: { 'no-restricted-syntax': ['error', ...bannedSyntax, ...pureSyntax] },
  },
  { files: ['apps/{cli,demo}/**/*.ts', 'tools/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: [...specs, ...testKits],
    extends: [jest.configs['flat/recommended'], jest.configs['flat/style']],
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      // Asymmetric matchers (`expect.any`, `expect.objectContaining`) are typed `any`.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // A test may send what is no instance of a command class, to see it refused.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'jest/expect-expect': [
        'error',
        {
          assertFunctionNames: [
            'expect',
            'expect*',
            'assert*',
            'fc.assert',
            'given.**.then*',
            'givenFlow.**.then*',
            'scenario.**.then*',
          ],
        },
      ],
      'jest/no-standalone-expect': 'off',
      'jest/unbound-method': 'error',
      // A `describe` callback is a chapter, not a function; long specs are the tidy test's business.
      'max-lines-per-function': 'off',
      'max-lines': 'off',
    },
  },
  {
    // A test kit is a library of tests: it exports suites, takes their names as arguments, and
    // hands its fixtures over as objects to take apart.
    files: testKits,
    rules: {
      'jest/no-export': 'off',
      'jest/unbound-method': 'off',
      'jest/valid-describe-callback': 'off',
      'jest/valid-title': 'off',
    },
  },
);
