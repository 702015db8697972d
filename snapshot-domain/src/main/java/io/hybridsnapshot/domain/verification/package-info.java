/**
 * Whether what is stored is what was stored: the types of {@link io.hybridsnapshot.domain.verification.Finding} and the check of the
 * archive's chains, {@link io.hybridsnapshot.domain.verification.ChainCheck}. Reads the archive's records; feeds the report of a verification.
 */
package io.hybridsnapshot.domain.verification;
