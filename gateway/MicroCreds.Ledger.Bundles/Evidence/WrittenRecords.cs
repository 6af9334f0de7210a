using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Bundles.Evidence;

/// <summary>Whether records were written by the transactions that a bundle has beside them.</summary>
internal sealed class WrittenRecords(TrustedMembers members, LedgerTrust trust)
{
    /// <summary>Requires that a transaction wrote a record.</summary>
    /// <param name="record">The record with its transaction.</param>
    /// <param name="key">The record's key.</param>
    /// <param name="owner">Who alone can write it; none for what members decide together.</param>
    /// <returns>The peers that endorsed it, one of each member at most.</returns>
    /// <exception cref="EvidenceException">It did not.</exception>
    public IReadOnlyList<Signatory> Require(EndorsedRecord record, RecordKey key, string? owner)
    {
        var transaction = EndorsedTransaction.Read(Convert.FromBase64String(record.Transaction));
        var (creator, endorsers) = transaction.Verify(members, LedgerName.ChannelOf(trust.Ledger), trust.Chaincode);
        if (owner is not null && creator.MspId != owner)
            throw new EvidenceException($"The {key.ObjectType} was written by {creator.MspId}, not by {owner}.");
        byte[]? written = transaction.FindWrite(
            trust.Chaincode, CompositeKey.Create(key.ObjectType, key.Attributes));
        if (written is null || !written.AsSpan().SequenceEqual(CanonicalJson.Canonicalize(record.Record)))
            throw new EvidenceException($"The transaction did not write this {key.ObjectType}.");

        // Records keep whole milliseconds.
        if (LedgerJson.ToMilliseconds(transaction.Time) > record.Time)
            throw new EvidenceException($"The {key.ObjectType} is said to be older than its transaction.");
        return endorsers;
    }

    /// <summary>Likewise, of a record that changes only with its owner's peer once it is written.</summary>
    public void RequireOwned(EndorsedRecord record, RecordKey key, string owner)
    {
        var endorsers = Require(record, key, owner);
        if (!IsOfMajority(endorsers) && !endorsers.Any(peer => peer.MspId == owner))
            throw new EvidenceException($"A record of {owner} was changed without that member's peer.");
    }

    /// <summary>
    /// Likewise, of an institution's record, which also the vote writes that confirms who the institution is: then with
    /// the endorsements of its own peer and of a majority.
    /// </summary>
    public void RequireInstitution(EndorsedRecord record, string mspId)
    {
        var key = RecordKey.Institution(mspId);
        var endorsers = Require(record, key, owner: null);
        if (!IsOfMajority(endorsers) || !endorsers.Any(peer => peer.MspId == mspId)) RequireOwned(record, key, mspId);
    }

    /// <summary>Tells whether as many members endorsed as a new record needs today.</summary>
    public bool IsOfMajority(IReadOnlyList<Signatory> endorsers) => endorsers.Count >= members.Needed;
}
