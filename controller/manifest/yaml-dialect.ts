// YAML as Kubernetes' own tools read it: version 1.2 with three habits of version 1.1. Settings only.
import type { DocumentOptions, ParseOptions, ScalarTag, SchemaOptions } from 'yaml';

/** `defaultMode: 0440` is octal. */
const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^0[0-7]+$/,
  resolve: (text) => Number.parseInt(text, 8),
};

/** `privileged: yes` is true; `y` is a text. */
const spokenBoolean: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:yes|Yes|YES|on|On|ON|no|No|NO|off|Off|OFF)$/,
  resolve: (text) => /^(?:yes|on)$/i.test(text),
};

export const yamlOfKubernetes: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.2',
  merge: true,
  customTags: (tags) => [octal, spokenBoolean, ...tags],
  prettyErrors: false,
  // The library would print its warnings itself.
  logLevel: 'error',
};
