/**
 * A connector's settings as fields of a form, made from its JSON Schema. What the form cannot show
 * as a field of its own is typed as JSON, so that no connector is left without.
 */
export type SettingKind = 'text' | 'secret' | 'number' | 'choice' | 'yes-no' | 'json';

export interface SettingField {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly kind: SettingKind;
  readonly required: boolean;
  readonly choices: readonly string[];
  readonly initial: string;
  readonly inputMode: 'text' | 'url' | 'numeric';
}

type Schema = Readonly<Record<string, unknown>>;
export type Typed = Readonly<Record<string, string>>;

export function settingFields(schema: Schema, secrets: readonly string[]): SettingField[] {
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(asSchema(schema['properties'])).map(([name, raw]) => {
    const property = plain(asSchema(raw));
    const kind = secrets.includes(name) ? 'secret' : kindOf(property);
    const fallback = property['default'] ?? undefined;
    return {
      name,
      label: typeof property['title'] === 'string' ? property['title'] : fromName(name),
      help: typeof property['description'] === 'string' ? property['description'] : '',
      kind,
      // With a default it may be left out, whatever the schema of what comes out says.
      required: required.includes(name) && !('default' in property),
      choices: choicesOf(property),
      initial: fallback === undefined ? '' : asText(fallback),
      inputMode: kind === 'number' ? 'numeric' : isUrl(property) ? 'url' : 'text',
    };
  });
}

/** What stands in the form for settings that are kept; a secret is never among them. */
export function typedFrom(fields: readonly SettingField[], settings: Schema): Typed {
  return Object.fromEntries(
    fields.map(({ name, initial }) => {
      const kept = settings[name];
      return [name, kept === undefined || kept === null ? initial : asText(kept)];
    }),
  );
}

/** The names of fields that cannot be sent as they stand. `keepSecrets`: an empty one stays as it is. */
export function wrongSettings(
  fields: readonly SettingField[],
  typed: Typed,
  keepSecrets: boolean,
): string[] {
  return fields
    .filter((field) => {
      const text = typed[field.name] ?? '';
      if (text.trim() === '') {
        if (field.kind === 'secret' && keepSecrets) return false;
        return field.required && field.kind !== 'yes-no';
      }
      if (field.kind === 'number') return !Number.isFinite(Number(text));
      return field.kind === 'json' && readJson(text) === undefined;
    })
    .map(({ name }) => name);
}

/** What is sent: an empty field is left out. */
export function settingsFrom(fields: readonly SettingField[], typed: Typed) {
  const settings: Record<string, unknown> = {};
  for (const { name, kind } of fields) {
    const text = typed[name] ?? '';
    if (kind === 'yes-no') settings[name] = text === 'true';
    else if (text.trim() === '') continue;
    else if (kind === 'number') settings[name] = Number(text);
    else if (kind === 'json') settings[name] = readJson(text);
    else settings[name] = kind === 'secret' ? text : text.trim();
  }
  return settings;
}

function kindOf(property: Schema): SettingKind {
  if (choicesOf(property).length > 0) return 'choice';
  switch (typeOf(property)) {
    case 'string':
      return 'text';
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'yes-no';
    default:
      return 'json';
  }
}

/** `['string', 'null']` is a string. */
function typeOf(property: Schema): unknown {
  const type = property['type'];
  if (!Array.isArray(type)) return type;
  const real = type.filter((one) => one !== 'null');
  return real.length === 1 ? real[0] : undefined;
}

function choicesOf(property: Schema): string[] {
  const choices = property['enum'];
  return Array.isArray(choices) ? choices.filter((one) => typeof one === 'string') : [];
}

/** `anyOf: [X, null]` is X. */
function plain(property: Schema): Schema {
  const either = property['anyOf'] ?? property['oneOf'];
  if (!Array.isArray(either)) return property;
  const real = either.map(asSchema).filter((one) => one['type'] !== 'null');
  const only = real[0];
  return real.length === 1 && only ? { ...property, ...only } : property;
}

function isUrl(property: Schema): boolean {
  return property['format'] === 'uri' || property['format'] === 'url';
}

function asSchema(value: unknown): Schema {
  return typeof value === 'object' && value !== null ? (value as Schema) : {};
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** `companyCode` → "Company code". */
function fromName(name: string): string {
  const words = name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/[-_]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}
