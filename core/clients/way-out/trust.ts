// What to do about a certificate that Node refuses. Words only.

const unknownAuthority = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
]);

/**
 * A sentence; undefined if the code is not that of a refused certificate.
 * @param authoritiesIn where the authority that is trusted is named
 */
export function trustAdvice(code: unknown, authoritiesIn = 'NODE_EXTRA_CA_CERTS'): string | undefined {
  if (typeof code !== 'string') return undefined;
  if (unknownAuthority.has(code))
    return `Its certificate is not signed by an authority that is trusted here, so nothing was sent: if it is your own, or that of a proxy that breaks TLS open, name the authority in ${authoritiesIn}.`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'Its certificate is for another name, so nothing was sent: check the address, and what answers there.';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return 'Its certificate is not valid at this time, so nothing was sent: check the clock of this machine, or renew the certificate.';
  return undefined;
}
