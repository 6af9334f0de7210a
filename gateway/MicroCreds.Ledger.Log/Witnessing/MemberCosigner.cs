using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Witnessing;

/// <summary>
/// How members sign the one log of their ledger: each cosigns the same head, with the time (C2SP tlog-cosignature),
/// under a name of its own, and says by it that it derived the log and what stands by it from its own peer's blocks up
/// to the newest that it had then.
/// </summary>
public static class MemberCosigner
{
    private const int HashDigits = 16;

    /// <summary>
    /// The name of a member's cosignatures: its MSP, a slash, the first 16 digits of the hash in the ledger's name.
    /// </summary>
    public static string NameOf(string ledger, string mspId)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(mspId);
        string hash = ledger[(ledger.LastIndexOf(':') + 1)..];
        return $"{Uri.EscapeDataString(mspId)}/{hash[..Math.Min(HashDigits, hash.Length)]}";
    }

    /// <summary>
    /// The keys by which a member cosigns a ledger's heads, as the ledger has them: each from its registration on,
    /// until it was withdrawn. One that was stolen is none: who has it dates its signatures as he likes.
    /// </summary>
    public static TrustedCosigner Of(string ledger, string mspId, IEnumerable<SigningKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var found = new List<CosignerKey>();
        foreach (var key in keys.Where(key => key is { IsForLog: true, CompromisedSince: null }))
        {
            foreach (var parsed in KeysOf(ledger, mspId, key))
                found.Add(new CosignerKey(parsed.ToString(), ToSecond(key.ValidFrom), ToSecond(key.RevokedAt)));
        }

        return new TrustedCosigner { Name = mspId, Keys = found };
    }

    // Cosignatures hold their time to the second alone.
    private static DateTimeOffset? ToSecond(DateTimeOffset? time) =>
        time is { } at ? DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds()) : null;

    /// <summary>
    /// The verifier key of a member's key on the ledger; none if it is no key of the log, or of a kind that the
    /// contract takes for none.
    /// </summary>
    public static NoteKey? KeyOf(string ledger, string mspId, SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!key.IsForLog) return null;
        try
        {
            var parsed = Multikey.Parse(key.PublicKeyMultibase);
            return parsed.Algorithm == KeyAlgorithm.Ed25519
                ? NoteKey.Of(NameOf(ledger, mspId), NoteKeyType.Cosignature, parsed.Bytes.Span) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>
    /// The verifier keys of a member's key on the ledger, one of each half that it has: Ed25519, then ML-DSA-44; none
    /// as <see cref="KeyOf"/> says.
    /// </summary>
    public static IEnumerable<NoteKey> KeysOf(string ledger, string mspId, SigningKey key)
    {
        if (KeyOf(ledger, mspId, key) is not { } elliptic) yield break;
        yield return elliptic;
        if (MlDsaKeyOf(elliptic.Name, key) is { } mlDsa) yield return mlDsa;
    }

    private static NoteKey? MlDsaKeyOf(string name, SigningKey key)
    {
        try
        {
            return key.MlDsaMultibase is { } multibase
                ? NoteKey.Of(name, NoteKeyType.MlDsaHead, MlDsaKey.Parse(multibase).Bytes.Span) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>
    /// The key by which a member signs a ledger's heads as their log: the same, under the log's name, since who asks
    /// witnesses signs as the log. None of one of ML-DSA-44, which signs as a member alone.
    /// </summary>
    public static NoteKey? LogKeyOf(string ledger, NoteKey member)
    {
        ArgumentNullException.ThrowIfNull(member);
        return member.IsMlDsa ? null : member.As(ledger, NoteKeyType.Ed25519);
    }
}
