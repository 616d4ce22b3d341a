// Validates OpenAPI documents with two independent validators: node validate.mjs <file>…
// Prints one line per problem; exit status 1 when there is any.
import SwaggerParser from '@apidevtools/swagger-parser';
import openapi from '@redocly/openapi-core';

const config = await openapi.createConfig({
  extends: ['recommended'],
  rules: {
    // Matters of an application's taste: licences, words about groups, and routes that only look
    // ambiguous, since literals win over placeholders.
    'info-license': 'off',
    'info-license-url': 'off',
    'no-ambiguous-paths': 'off',
    'operation-4xx-response': 'off',
    'tag-description': 'off',
  },
});

let failed = false;
for (const file of process.argv.slice(2)) {
  const problems = (await openapi.lint({ ref: file, config })).map(
    (problem) => `redocly ${problem.severity} ${problem.ruleId}: ${problem.message} at ${problem.location[0]?.pointer}`);
  try {
    await SwaggerParser.validate(file);
  } catch (error) {
    problems.push(`swagger-parser: ${error.message}`);
  }
  for (const problem of problems) console.log(`${file}: ${problem}`);
  if (problems.length > 0) failed = true;
}
process.exit(failed ? 1 : 0);
