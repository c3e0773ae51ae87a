// YAML as Kubernetes' own tools read it: version 1.2 with three habits of version 1.1. Settings only.
import type { ScalarTag } from 'yaml';
import type { Dialect } from '../../core/config/yaml-text.ts';

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

/** A Job and a Secret, with comments and empty documents around them: far fewer than this. */
export const mostDocuments = 100;

export const yamlOfKubernetes: Dialect = {
  // One more, to say that there are too many.
  mostDocuments: mostDocuments + 1,
  options: { version: '1.2', merge: true, customTags: (tags) => [octal, spokenBoolean, ...tags] },
};
