using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Proofs;

/// <summary>
/// What a proof shows of a credential's issuance and issuer: the same for every credential of an issuance under one
/// head.
/// </summary>
internal sealed record ShownIssuance
{
    /// <summary>What of the credential it was made up of.</summary>
    public required IssuanceNames Names { get; init; }

    /// <summary>Who signed the head.</summary>
    public required JudgedHead Head { get; init; }

    /// <summary>The number of the leaf.</summary>
    public required long Index { get; init; }

    /// <summary>The leaf.</summary>
    public required LogLeaf Leaf { get; init; }

    /// <summary>What the leaf says was issued; none if it says nothing of the kind.</summary>
    public required IssuanceStatement? Statement { get; init; }

    /// <summary>Whether the leaf lies in the log of the head.</summary>
    public bool IsInLog { get; init; }

    /// <summary>What stands of the issuer by the head; none if that is not proven.</summary>
    public IssuerStanding? Issuer { get; init; }

    /// <summary>Whether the proof left it to the credential who the issuer is, and that is another.</summary>
    public bool IsOtherIssuer { get; init; }

    /// <summary>The positions of its status list, if they are remembered.</summary>
    public Func<int, int>? Positions { get; init; }

    /// <summary>Whether all of it was proven, so that it need not be again.</summary>
    public bool IsProven => Head.Known is not null && IsInLog && Statement is not null && Issuer is not null;

    /// <summary>Opens a proof as far as it is not of the one credential.</summary>
    public static ShownIssuance Of(LogProofFile file, IssuanceNames names, JudgedHead judged)
    {
        var evidence = file.Evidence;
        var (issuer, isProven) = IssuerBy(evidence.Issuer, names.MspId, judged.Roots);
        return new ShownIssuance
        {
            Names = names,
            Head = judged,
            Index = file.Index,
            Leaf = evidence.Leaf,
            Statement = evidence.Statement,
            IsInLog = judged.Finding.Head is { } head && MerkleProof.Verify(
                head.Root.Span, MerkleTree.LeafHash(evidence.Leaf.ToBytes()), file.Index, head.Size, file.Path),
            Issuer = issuer,
            IsOtherIssuer = judged.Roots is not null && !isProven && evidence.IsIssuerAsNamed,
        };
    }

    private static (IssuerStanding? Issuer, bool IsProven) IssuerBy(
        StandingProof proof, string mspId, StandingRoots? roots)
    {
        if (roots is null || !proof.TryOpen(roots.IssuersRoot.Span, LogStanding.KeyOf(mspId), out var said))
            return (null, false);
        if (said is not { } bytes) return (new IssuerStanding(), true);
        try
        {
            var issuer = LedgerJson.Deserialize<IssuerStanding>(bytes.Span);
            return (issuer.Names.Contains(null!) || issuer.Stolen.Contains(null!) ? null : issuer, true);
        }
        catch (StrictJsonException)
        {
            return (null, true);
        }
    }
}

/// <summary>What a credential says of its issuance and issuer.</summary>
internal sealed record IssuanceNames(
    string Ledger, string MspId, string Root, int Size, string KeyId, string? Transaction, string? StatusList,
    AchievementReference Achievement, string IssuerDid, string IssuerName)
{
    public static IssuanceNames Of(ReadCredential credential)
    {
        var anchor = credential.Anchor;
        return new IssuanceNames(
            anchor.Ledger, anchor.MspId, anchor.Root, anchor.Size, anchor.KeyId, anchor.TransactionId,
            credential.StatusEntry?.List.List, credential.Achievement, credential.IssuerDid, credential.IssuerName);
    }
}

/// <summary>
/// Remembers what was proven of issuances, by all bytes that prove it: a proof of another credential of the same one
/// differs in what stands of that credential alone. Thread-safe.
/// </summary>
internal sealed class ShownIssuances
{
    /// <summary>The most that are remembered, each a few kilobytes; beyond it the memory starts anew.</summary>
    private const int Most = 1024;

    /// <summary>The most status lists whose positions are remembered, each eight kilobytes.</summary>
    private const int MostLists = 256;

    private readonly BoundedMemory<Digest, ShownIssuance> _proven = new(Most);
    private readonly BoundedMemory<(string MspId, string List), Func<int, int>> _positions = new(MostLists);

    /// <summary>Gives what was proven by the same bytes for a credential that says the same.</summary>
    public ShownIssuance? Find(Digest key, IssuanceNames names) =>
        _proven.TryGet(key, out var known) && known.Names == names ? known : null;

    /// <summary>Forgets all.</summary>
    public void Clear() => _proven.Clear();

    /// <summary>
    /// Remembers what was proven, anything else is passed over; of a credential that is in the issuance, or else
    /// anybody could have as much remembered as they like.
    /// </summary>
    public void Add(Digest key, ShownIssuance shown)
    {
        if (shown.IsProven) _proven.Set(key, shown with { Positions = PositionsOf(shown.Statement!) });
    }

    private Func<int, int> PositionsOf(IssuanceStatement statement)
    {
        var list = (statement.MspId, statement.StatusList);
        if (_positions.TryGet(list, out var known)) return known;
        var positions = StatusListOrder.Of(statement.MspId, statement.StatusList);
        _positions.Set(list, positions);
        return positions;
    }

}
