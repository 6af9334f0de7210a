using System.Globalization;
using System.Text.Json;
using MicroCreds.Ledger.Log.Filters;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Leaves;

/// <summary>
/// Reads a log from its first leaf on and derives again what can be derived without the chain: each statement is judged
/// anew by the keys that the leaves before it tell of. Not thread-safe.
/// </summary>
public sealed class LogAudit
{
    private static readonly Founding NotFounded = new() { Ledger = "", Members = [] };

    private readonly Dictionary<string, Institution> _institutions = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _digests = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _ownersOfDids = new(StringComparer.Ordinal);
    private readonly LogStanding _standing = LogStanding.New();
    private Founding _founding = NotFounded;
    private (long Block, int Position, DateTimeOffset Moment) _last = (-1, -1, DateTimeOffset.MinValue);

    /// <summary>How many leaves were read.</summary>
    public long Count { get; private set; }

    /// <summary>The ledger's name, by the founding that was read; empty before.</summary>
    public string Ledger => _founding.Ledger;

    /// <summary>
    /// The members by the leaves that were read, with the keys that they sign heads with; one may have none yet.
    /// </summary>
    public IReadOnlyList<TrustedCosigner> Members =>
    [
        .. _members.Select(mspId =>
            MemberCosigner.Of(Ledger, mspId, _institutions.GetValueOrDefault(mspId)?.Keys ?? [])),
    ];

    /// <summary>What stands by the leaves that were read and belong there.</summary>
    public StandingRoots Standing => _standing.Roots();

    /// <summary>What of all that is not in force, likewise.</summary>
    public StatusFilter Filter => _standing.Filter;

    /// <summary>Reads the next leaf.</summary>
    /// <returns>Why it does not belong there, with its number; none if it does.</returns>
    public string? Read(ReadOnlySpan<byte> data)
    {
        long number = Count++;
        string? fault;
        try
        {
            var leaf = LogLeaf.Parse(data);
            fault = FaultOf(leaf);
            if (fault is null) _standing.Take(leaf);
        }
        catch (FormatException e)
        {
            fault = e.Message;
        }

        return fault is null ? null : string.Create(CultureInfo.InvariantCulture, $"Leaf {number}: {fault}");
    }

    private string? FaultOf(LogLeaf leaf)
    {
        var place = (leaf.Block, leaf.Position, leaf.Moment);
        bool isOrdered = leaf.Block > _last.Block
            ? leaf.Moment >= _last.Moment
            : leaf.Block == _last.Block && leaf.Position >= _last.Position && leaf.Moment == _last.Moment;
        if (!isOrdered) return "It is of an earlier block, transaction or moment than the leaf before it.";
        _last = place;
        if (leaf.Record is { } record) return TakeRecord(leaf, record);
        if (leaf.Signature is not { } signature) return "It has neither a record nor a signature.";
        if (leaf.Digest is { } digest)
        {
            // Too long for a leaf: who has the statement can hold it against the digest.
            return leaf.Statement is null && _digests.Add(digest)
                ? null : "Its statement is there twice, or stands in another leaf already.";
        }

        return leaf.Statement is { } statement
            ? TakeStatement(leaf, statement, signature) : "It has no statement, nor a digest of one.";
    }

    private string? TakeRecord(LogLeaf leaf, JsonElement record)
    {
        if (leaf is not { Statement: null, Digest: null, Signature: null })
            return "It has a record and a statement; a leaf has one of them.";
        try
        {
            switch (leaf.Type)
            {
                case LeafTypes.Founding when Ledger.Length == 0:
                    _founding = LedgerJson.Deserialize<Founding>(record);
                    return null;
                case LeafTypes.Founding:
                    return "The ledger was founded in an earlier leaf.";
                case LeafTypes.Key:
                    return Take(LedgerJson.Deserialize<KeyLeaf>(record));
                case LeafTypes.Member:
                    var member = LedgerJson.Deserialize<MemberLeaf>(record);
                    if (member.IsMember) _members.Add(member.MspId);
                    else _members.Remove(member.MspId);
                    return null;
                case LeafTypes.Identity:
                    return Take(LedgerJson.Deserialize<IdentityLeaf>(record));
                default:
                    return $"It is of the type \"{leaf.Type}\", which is not known here.";
            }
        }
        catch (StrictJsonException e)
        {
            return $"Its record cannot be read: {e.Message}";
        }
    }

    private string? Take(IdentityLeaf leaf)
    {
        string did = leaf.Identity.Did;
        return _ownersOfDids.TryAdd(did, leaf.MspId) || _ownersOfDids[did] == leaf.MspId
            ? null : $"{did} was confirmed as {_ownersOfDids[did]}'s in an earlier leaf, and is never another's.";
    }

    private string? Take(KeyLeaf leaf)
    {
        var known = _institutions.GetValueOrDefault(leaf.MspId) ?? new Institution
        {
            MspId = leaf.MspId,
            Name = "",
            Country = "",
            Did = "",
        };
        if (known.Keys.FirstOrDefault(key => key.Id == leaf.Key.Id) is { } before)
        {
            if (KeyRatchet.IsHeld(known.Keys) && !KeyRatchet.MayBecome(before, leaf.Key))
                return $"The key {leaf.Key.Id} is another one there than before, or was taken back into force.";
        }
        else if (KeyRatchet.FaultOf(_founding, leaf.MspId, known.Keys, leaf.Key) is { } fault)
        {
            return $"The key {leaf.Key.Id} {fault}";
        }

        SigningKey[] keys = [.. known.Keys.Select(key => key.Id == leaf.Key.Id ? leaf.Key : key)];
        _institutions[leaf.MspId] = known with { Keys = keys.Contains(leaf.Key) ? keys : [.. keys, leaf.Key] };
        return null;
    }

    private string? TakeStatement(LogLeaf leaf, JsonElement statement, string signature)
    {
        var again = new BlockLeaves((ulong)leaf.Block, leaf.Moment, new LogBasis
        {
            Ledger = Ledger,
            Members = new Members([]),
            FindInstitution = _institutions.GetValueOrDefault,
            HasLeaf = _digests.Contains,
        });
        try
        {
            if (!again.TakeStatement(leaf, statement, signature))
                return $"Its statement is of the type \"{leaf.Type}\", which is not known here.";
        }
        catch (StrictJsonException e)
        {
            return $"Its statement cannot be read: {e.Message}";
        }

        if (again.Leaves is not [{ Digest: { } digest } found])
        {
            return "Its statement does not count: it is another ledger's, its institution did not sign it with a key "
                + "that was in force, or it stands in an earlier leaf.";
        }

        _digests.Add(digest);
        return found.Data.AsSpan().SequenceEqual(leaf.ToBytes()) ? null : "Its statement would make another leaf.";
    }
}
