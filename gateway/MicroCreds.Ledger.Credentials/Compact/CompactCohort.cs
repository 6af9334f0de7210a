using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Compact;

/// <summary>
/// What the documents of one issuance share, found anew out of the ledger's records. Thread-safe: one serves all cores.
/// </summary>
internal sealed class CompactCohort
{
    private readonly IssuanceStatement _statement;
    private readonly Institution _institution;
    private readonly Achievement _achievement;
    private readonly CredentialTemplate _template;
    private readonly CredentialProof _proof;

    private CompactCohort(
        IssuanceStatement statement, Institution institution, Achievement achievement, CredentialTemplate template,
        CredentialProof proof) =>
        (_statement, _institution, _achievement, _template, _proof) =
            (statement, institution, achievement, template, proof);

    /// <summary>Prepares them.</summary>
    /// <exception cref="CompactFaultException">The issuer never had such an identity, or such a key.</exception>
    /// <exception cref="FormatException">The records make no document.</exception>
    public static CompactCohort Make(
        CompactCredential credential, string keyId, IssuanceStatement statement, Institution institution,
        Achievement achievement)
    {
        var (did, profile) = FindIdentity(institution, credential.IssuerTag.Span)
            ?? throw new CompactFaultException(
                CheckNames.Anchor, CheckCodes.IssuerMismatch,
                "What it says of its issuer is not what the ledger says, or ever said.");
        var key = institution.FindIssuerKey(keyId)
            ?? throw new CompactFaultException(
                CheckNames.Signature, CheckCodes.UnknownKey,
                "The issuer never registered the key that the proof names.");
        return new CompactCohort(
            statement, institution, achievement,
            CredentialTemplate.FromLedger(
                LedgerDescription.Of(achievement, did), profile, credential.Gateway, statement, credential.ValidFrom,
                credential.Version),
            new CredentialProof(
                Multikey.Parse(key.PublicKeyMultibase).Algorithm, did, keyId, credential.ValidFrom));
    }

    /// <summary>Tells whether it was made of these very records.</summary>
    public bool IsOf(IssuanceStatement statement, Institution institution, Achievement achievement) =>
        ReferenceEquals(_institution, institution) && ReferenceEquals(_achievement, achievement)
        && (ReferenceEquals(_statement, statement) || IsSame(_statement, statement));

    /// <summary>Makes the document of one credential.</summary>
    public byte[] Document(CompactCredential credential) => _proof.Attach(
        _template.Expand(credential.Seed, credential.Index),
        new LedgerAnchorDocument
        {
            Ledger = _statement.Ledger,
            MspId = _statement.MspId,
            Root = _statement.Root,
            Index = credential.Index,
            Size = _statement.Size,
            Path = Hashes(credential.Path.Span),
            KeyId = _statement.KeyId,
        },
        credential.Signature.Span);

    // The list of achievements has no equality of its own, and plays no part here.
    private static bool IsSame(IssuanceStatement one, IssuanceStatement other) =>
        one with { Achievements = [] } == other with { Achievements = [] };

    private static (string Did, byte[] Profile)? FindIdentity(Institution institution, ReadOnlySpan<byte> tag)
    {
        var dids = institution.Identities.Select(identity => identity.Did).Append(institution.Did).Distinct();
        foreach (string did in dids)
        {
            foreach (byte[] profile in LedgerDescription.ProfilesOf(institution, did))
            {
                if (CompactCredential.TagOf(profile).AsSpan().SequenceEqual(tag)) return (did, profile);
            }
        }

        return null;
    }

    private static string[] Hashes(ReadOnlySpan<byte> path)
    {
        string[] hashes = new string[path.Length / MerkleTree.HashLength];
        for (int i = 0; i < hashes.Length; i++)
            hashes[i] = Convert.ToHexStringLower(path.Slice(i * MerkleTree.HashLength, MerkleTree.HashLength));
        return hashes;
    }
}

/// <summary>A document cannot be made of its compact form.</summary>
internal sealed class CompactFaultException(string check, string code, string detail) : Exception(detail)
{
    /// <summary>Why, as the line of a verdict.</summary>
    public Check Check { get; } = new(
        check, CheckOutcome.Fail, code, detail,
        "Do not rely on it. Ask the learner for the file as the issuer sent it, or ask the issuer.");
}
