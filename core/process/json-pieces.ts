// The JSON of a status that holds many groups, in pieces: the piece of a group is made once, as long as the group is the same object.

/** A status of which only its `groups` are many. A group that changed is another object. */
export interface StatusOfGroups {
  readonly groups?: readonly object[];
}

export class JsonPieces {
  private readonly made = new WeakMap<object, Buffer>();

  /** UTF-8; joined they are the JSON of the status, its groups last. */
  of({ groups, ...rest }: StatusOfGroups): readonly Buffer[] {
    const head = JSON.stringify(rest);
    if (groups === undefined) return [Buffer.from(head)];
    const opening = `${head.slice(0, -1)}${head === '{}' ? '' : ','}"groups":[`;
    const pieces = groups.flatMap((group, index) => [...(index === 0 ? [] : [comma]), this.piece(group)]);
    return [Buffer.from(opening), ...pieces, Buffer.from(']}')];
  }

  private piece(group: object): Buffer {
    const known = this.made.get(group);
    if (known !== undefined) return known;
    const piece = Buffer.from(JSON.stringify(group));
    this.made.set(group, piece);
    return piece;
  }
}

const comma = Buffer.from(',');
