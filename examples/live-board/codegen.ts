import type { CodegenConfig } from '@graphql-codegen/cli';

// Types of what board.graphql asks for, checked against the schema that the server is made of. Documents stay plain texts: no parser rides along.
const config: CodegenConfig = {
  schema: ['../../schema.graphqls', '../../graph/*.graphqls'],
  documents: 'src/*.graphql',
  generates: {
    'src/generated.ts': {
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        documentMode: 'string',
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        disableDescriptions: true,
        skipTypename: true,
        dedupeFragments: true,
        scalars: { Time: 'string', Int64: 'number', Attributes: 'Record<string, unknown>', AttributeValue: 'unknown', ConditionTree: 'unknown' },
      },
    },
  },
};
export default config;
