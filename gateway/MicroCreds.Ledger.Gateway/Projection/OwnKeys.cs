using System.Collections.Concurrent;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>
/// Which keys are an institution's own word. The members' peers together can write any key into its record, and have it
/// withdrawn; what counts here was sent by the institution's own clients, whose signatures every peer checks; and from
/// the first key with a half of ML-DSA-44 on what <see cref="KeyRatchet"/> lets count, since those signatures are
/// elliptic. Written by one thread, read by any.
/// </summary>
/// <param name="founding">Gives the ledger's founding record; none before it is there.</param>
internal sealed class OwnKeys(Func<Founding?> founding)
{
    private static readonly KnownKeys None = new([], []);

    private readonly ConcurrentDictionary<string, KnownKeys> _known = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _ownersOfDids = new(StringComparer.Ordinal);

    /// <summary>Whether the ledger's founding record is there.</summary>
    public bool IsFounded => founding() is not null;

    /// <summary>What is known of an institution's keys; none before its record was first read.</summary>
    public KnownKeys? Find(string mspId) => _known.GetValueOrDefault(mspId);

    /// <summary>Takes back what was stored.</summary>
    public void Restore(string mspId, KnownKeys known)
    {
        _known[mspId] = known;
        foreach (string did in known.Dids ?? []) _ownersOfDids[did] = mspId;
    }

    /// <summary>Takes in a record as it was written. The same one again changes nothing.</summary>
    /// <param name="recorded">The record.</param>
    /// <param name="isOwn">Whether the institution itself wrote it.</param>
    /// <param name="hasForeign">Whether it changed keys though another wrote it.</param>
    /// <param name="isTold">Whether several changes may lie between. Default is false: one, as a block has it.</param>
    /// <returns>The record with the keys that count, and without DIDs that were confirmed as another's.</returns>
    public Institution Take(Institution recorded, bool isOwn, out bool hasForeign, bool isTold = false)
    {
        var before = _known.GetValueOrDefault(recorded.MspId, None);
        var after = before.Then(founding(), recorded, isOwn, isTold);
        hasForeign = !isOwn && !before.Recorded.SequenceEqual(recorded.Keys);
        var judged = DidRule.Judge(recorded with { Keys = after.Own }, _ownersOfDids.GetValueOrDefault);
        string[] dids = [.. judged.Identities.Select(one => one.Did).Union(before.Dids ?? [], StringComparer.Ordinal)];
        foreach (string did in dids) _ownersOfDids[did] = recorded.MspId;
        _known[recorded.MspId] = after with { Dids = dids };
        return judged;
    }

    /// <summary>
    /// Sees a record that a peer answered as it counts: of what is newer there than here it is not known who wrote it,
    /// and it is taken for its owner's until the block comes.
    /// </summary>
    public Institution Judge(Institution told)
    {
        var known = _known.GetValueOrDefault(told.MspId, None).Then(founding(), told, isOwn: true, isTold: true);
        return DidRule.Judge(told with { Keys = known.Own }, _ownersOfDids.GetValueOrDefault);
    }
}

/// <summary>An institution's keys.</summary>
/// <param name="Recorded">As its record has them.</param>
/// <param name="Own">As they count.</param>
/// <param name="Dids">The DIDs that it was confirmed with; none where a gateway of before kept it.</param>
internal sealed record KnownKeys(
    IReadOnlyList<SigningKey> Recorded, IReadOnlyList<SigningKey> Own, IReadOnlyList<string>? Dids = null)
{
    /// <summary>What is known after its record was written again.</summary>
    /// <param name="founding">The ledger's founding record; none before it is there.</param>
    /// <param name="recorded">The record.</param>
    /// <param name="isOwn">Whether the institution itself wrote it.</param>
    /// <param name="isTold">Whether a peer told it, so that several changes may lie between.</param>
    public KnownKeys Then(Founding? founding, Institution recorded, bool isOwn, bool isTold)
    {
        var own = new List<SigningKey>(Own);
        foreach (var key in isOwn ? recorded.Keys : [])
        {
            var before = Find(Recorded, key.Id);
            int place = own.FindIndex(one => one.Id == key.Id);

            // Of a key that another put there, the institution's own later change does not make one of its own.
            if (before == key || (before is not null && place < 0)) continue;
            if (place >= 0)
            {
                if (!KeyRatchet.IsHeld(Own) || KeyRatchet.MayBecome(own[place], key)) own[place] = key;
            }
            else
            {
                // A peer may tell of several at once, of which one countersigned the next and was withdrawn since:
                // known is what was so before this record, and what it adds, as that was when it came. A block says
                // one after the other, as the leaves of the log do.
                IReadOnlyList<SigningKey> known = isTold
                    ?
                    [
                        .. Own,
                        .. own.Skip(Own.Count).Select(one => one with { RevokedAt = null, CompromisedSince = null }),
                    ]
                    : own;

                // Without a founding record nobody can tell what was signed for this ledger.
                bool counts = founding is null
                    ? key.MlDsaMultibase is null && !KeyRatchet.IsHeld(known)
                    : KeyRatchet.FaultOf(founding, recorded.MspId, known, key) is null;
                if (counts) own.Add(key);
            }
        }

        return new KnownKeys(recorded.Keys, own);
    }

    private static SigningKey? Find(IReadOnlyList<SigningKey> keys, string id) =>
        keys.FirstOrDefault(key => key.Id == id);
}
