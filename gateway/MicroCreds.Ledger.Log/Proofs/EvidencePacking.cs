using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Proofs;

/// <summary>
/// The bytes of a proof's extra data: both standing proofs, and of the leaf what the credential does not say itself.
/// What the credential says otherwise is not what the log has: then nothing of it is proven.
/// </summary>
internal static class EvidencePacking
{
    // No DEFLATE stream, which an earlier form was, begins like this.
    private const byte Form = 0x06;
    private const byte WholeLeaf = 0;
    private const byte LeafInParts = 1;
    private const byte LeafOfCredential = 2;
    private const int RootHintBytes = 4;

    public static byte[] Pack(LogProofEvidence evidence, ReadCredential? credential)
    {
        var bytes = new List<byte> { Form };
        StandingPacking.Write(bytes, evidence.Credential);
        byte[] known = evidence.Issuer.Value is { } value && FindNameIn(value) is { } name ? NamedOnly(name) : [];
        StandingPacking.Write(bytes, evidence.Issuer, known);
        bytes.AddRange(PackLeaf(evidence.Leaf, credential));
        return [.. bytes];
    }

    /// <exception cref="FormatException">They are none.</exception>
    public static LogProofEvidence Unpack(ReadOnlySpan<byte> packed, ReadCredential credential)
    {
        var ofCredential = UnpackCredential(packed, out var left);
        var ofIssuer = StandingPacking.Read(
            ref left, NamedOnly(new IssuerName(0, credential.IssuerDid, credential.IssuerName)), out bool isNamed);
        var (leaf, statement) = UnpackLeaf(ref left, Basis.Of(credential));
        var evidence = new LogProofEvidence
        {
            Leaf = leaf,
            Statement = statement,
            Credential = ofCredential,
            Issuer = ofIssuer,
            IsIssuerAsNamed = isNamed,
        };
        return left.IsEmpty ? evidence : throw new FormatException("Behind its extra data stands something else.");
    }

    /// <summary>Reads what stands of the credential.</summary>
    /// <param name="packed">The extra data.</param>
    /// <param name="rest">What else is there: the same for every credential of an issuance under a head.</param>
    /// <exception cref="FormatException">There is none.</exception>
    public static StandingProof UnpackCredential(ReadOnlySpan<byte> packed, out ReadOnlySpan<byte> rest)
    {
        rest = packed;
        if (Varint.Take(ref rest, 1)[0] != Form) throw new FormatException("Its extra data are in another form.");
        return StandingPacking.Read(ref rest, default, out _);
    }

    private static IssuerName? FindNameIn(ReadOnlyMemory<byte> value)
    {
        try
        {
            return LedgerJson.Deserialize<IssuerStanding>(value.Span).Names is [{ Number: 0 } only] ? only : null;
        }
        catch (StrictJsonException)
        {
            return null;
        }
    }

    /// <summary>What stands of nearly every institution: one name, and no key that was stolen.</summary>
    private static byte[] NamedOnly(IssuerName name) => CanonicalJson.Serialize(new IssuerStanding { Names = [name] });

    private static byte[] PackLeaf(LogLeaf leaf, ReadCredential? credential)
    {
        byte[] data = leaf.ToBytes();
        if (leaf.Issuance() is { } statement && IsPlain(leaf, statement))
        {
            // What is read again is held against the leaf, so that nothing is left away that is not as it seems.
            if (credential is not null && Basis.Of(credential) is { Transaction: not null, StatusList: not null } basis
                && PackParts(leaf, statement, LeafOfCredential) is var less && IsSame(less, basis))
                return less;
            byte[] parts = PackParts(leaf, statement, LeafInParts);
            if (IsSame(parts, Basis.Of(statement))) return parts;
        }

        var whole = new List<byte> { WholeLeaf };
        Varint.WriteCounted(whole, data);
        return [.. whole];

        bool IsSame(ReadOnlySpan<byte> packed, Basis basis) =>
            UnpackLeaf(ref packed, basis).Leaf.ToBytes().AsSpan().SequenceEqual(data);
    }

    private static bool IsPlain(LogLeaf leaf, IssuanceStatement statement) =>
        IsHash(leaf.TransactionId) && IsHash(statement.Root) && Base64Url.IsValid(leaf.Signature)
        && leaf.Moment >= DateTimeOffset.UnixEpoch && statement.StatusOffset >= 0;

    private static byte[] PackParts(LogLeaf leaf, IssuanceStatement statement, byte form)
    {
        var bytes = new List<byte> { form };
        Varint.Write(bytes, leaf.Block);
        Varint.Write(bytes, leaf.Position);
        Varint.Write(bytes, leaf.Moment.ToUnixTimeMilliseconds());
        bytes.AddRange(HintOf(statement.Root));
        Varint.WriteCounted(bytes, Base64Url.DecodeFromChars(leaf.Signature));
        Varint.Write(bytes, statement.StatusOffset);
        if (form == LeafOfCredential) return [.. bytes];
        bytes.AddRange(Convert.FromHexString(leaf.TransactionId));
        Varint.WriteCounted(bytes, Encoding.UTF8.GetBytes(statement.StatusList));
        Varint.Write(bytes, statement.Achievements.Count);
        foreach (var achievement in statement.Achievements)
        {
            Varint.WriteCounted(bytes, Encoding.UTF8.GetBytes(achievement.Id));
            Varint.Write(bytes, achievement.Version);
        }

        return [.. bytes];
    }

    private static bool IsHash(string text) =>
        text.Length == 2 * MerkleTree.HashLength && text.All(char.IsAsciiHexDigitLower);

    private static (LogLeaf Leaf, IssuanceStatement? Statement) UnpackLeaf(ref ReadOnlySpan<byte> left, Basis basis)
    {
        var anchor = basis.Anchor;
        byte form = Varint.Take(ref left, 1)[0];
        if (form == WholeLeaf)
        {
            var whole = LogLeaf.Parse(Varint.TakeCounted(ref left));
            return (whole, whole.Issuance());
        }

        if (form is not (LeafInParts or LeafOfCredential)
            || (form == LeafOfCredential && basis is not { Transaction: not null, StatusList: not null }))
            throw new FormatException("Its leaf is in a form that is not known here.");
        long block = Varint.Read(ref left), position = Varint.Read(ref left), moment = Varint.Read(ref left);
        if (position > int.MaxValue || moment > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            throw new FormatException("Its leaf is of no block.");
        bool isOfAnchor = Varint.Take(ref left, RootHintBytes).SequenceEqual(HintOf(anchor.Root));
        string signature = Base64Url.EncodeToString(Varint.TakeCounted(ref left));
        int offset = Number(ref left);
        var (list, transaction) = (basis.StatusList, basis.Transaction);
        if (form == LeafInParts)
        {
            transaction = Convert.ToHexStringLower(Varint.Take(ref left, MerkleTree.HashLength));
            list = Encoding.UTF8.GetString(Varint.TakeCounted(ref left));
        }

        var statement = new IssuanceStatement
        {
            Ledger = anchor.Ledger,
            MspId = anchor.MspId,
            Root = anchor.Root,
            Size = anchor.Size,
            KeyId = anchor.KeyId,
            StatusList = list!,
            StatusOffset = offset,
            Achievements = form == LeafInParts ? UnpackAchievements(ref left) : [basis.Achievement],
        };
        var leaf = new LogLeaf
        {
            Block = block,
            Moment = DateTimeOffset.FromUnixTimeMilliseconds(moment),
            Position = (int)position,
            TransactionId = transaction!,
            Type = IssuanceStatement.TypeName,
            Statement = isOfAnchor ? JsonSerializer.SerializeToElement(statement, LedgerJson.Options) : null,
            Signature = signature,
        };
        return (leaf, isOfAnchor ? statement : null);
    }

    private static AchievementReference[] UnpackAchievements(ref ReadOnlySpan<byte> left)
    {
        int count = Number(ref left);
        if (count > Limits.MaxAchievementsPerIssuance)
            throw new FormatException("Its leaf attests more achievements than an issuance has.");
        var found = new AchievementReference[count];
        for (int i = 0; i < count; i++)
        {
            string id = Encoding.UTF8.GetString(Varint.TakeCounted(ref left));
            found[i] = new AchievementReference(id, Number(ref left));
        }

        return found;
    }

    private static int Number(ref ReadOnlySpan<byte> left) => Varint.Read(ref left) is <= int.MaxValue and var number
        ? (int)number : throw new FormatException("A number in its leaf is too large.");

    /// <summary>Tells one issuance from another, so that a proof of another one is told as such.</summary>
    private static ReadOnlySpan<byte> HintOf(string root) => Convert.FromHexString(root).AsSpan(0, RootHintBytes);

    /// <summary>What a leaf is made up of besides the bytes.</summary>
    /// <param name="Anchor">Names the issuance.</param>
    /// <param name="Transaction">The transaction that it says.</param>
    /// <param name="StatusList">The status list that the credential names.</param>
    /// <param name="Achievement">The achievement that it is of.</param>
    private sealed record Basis(
        LedgerAnchorDocument Anchor, string? Transaction, string? StatusList, AchievementReference Achievement)
    {
        public static Basis Of(ReadCredential credential) => new(
            credential.Anchor, credential.Anchor.TransactionId, credential.StatusEntry?.List.List,
            credential.Achievement);

        public static Basis Of(IssuanceStatement statement) => new(
            new LedgerAnchorDocument
            {
                Ledger = statement.Ledger,
                MspId = statement.MspId,
                Root = statement.Root,
                Index = 0,
                Size = statement.Size,
                Path = [],
                KeyId = statement.KeyId,
            },
            Transaction: null, StatusList: null, new AchievementReference("", 0));
    }
}
