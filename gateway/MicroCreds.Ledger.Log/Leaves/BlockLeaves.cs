using System.Text.Json;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Leaves;

/// <summary>
/// Finds the leaves of one block, in the order of its writes: the same ones at every member, since nothing but the
/// chain up to that block is asked. What counts is what <see cref="StatementRule"/> lets count at that moment; what
/// comes to light later never takes a leaf away, but is a leaf itself. Not thread-safe.
/// </summary>
/// <param name="block">The block.</param>
/// <param name="moment">Its moment.</param>
/// <param name="before">What was so before it.</param>
public sealed class BlockLeaves(ulong block, DateTimeOffset moment, LogBasis before)
{
    private readonly List<NewLeaf> _leaves = [];
    private readonly Dictionary<string, Institution> _institutions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _digests = new(StringComparer.Ordinal);
    private string _ledger = before.Ledger;
    private Members _members = before.Members;
    private (int Position, string TransactionId) _place;

    /// <summary>The leaves found so far.</summary>
    public IReadOnlyList<NewLeaf> Leaves => _leaves;

    /// <summary>Takes in what a transaction wrote.</summary>
    /// <param name="position">The transaction's position in the block.</param>
    /// <param name="transactionId">The transaction.</param>
    /// <param name="record">
    /// The record, written by its owner, read under its own key; an institution with the keys that count.
    /// </param>
    public void Take(int position, string transactionId, object? record)
    {
        _place = (position, transactionId);
        switch (record)
        {
            case Founding founding when _ledger.Length == 0:
                _ledger = founding.Ledger;
                Add(LeafTypes.Founding, founding);
                break;
            case Members members:
                Take(members);
                break;
            case Institution institution:
                Take(institution);
                break;
            case Issuance issuance:
                Add(issuance.Statement, issuance.Signature);
                break;
            case Status status:
                Add(status.Statement, status.Signature);
                break;
            case Accreditation accreditation:
                Take(accreditation);
                break;
            case Ballot ballot:
                Take(ballot);
                break;
            case AgreementPart part:
                Take(part);
                break;
        }
    }

    private void Take(Members members)
    {
        foreach (string mspId in members.MspIds.Except(_members.MspIds, StringComparer.Ordinal))
            Add(LeafTypes.Member, new MemberLeaf(mspId, IsMember: true));
        foreach (string mspId in _members.MspIds.Except(members.MspIds, StringComparer.Ordinal))
        {
            Add(LeafTypes.Member, new MemberLeaf(
                mspId, IsMember: false, members.Former.LastOrDefault(former => former.MspId == mspId)));
        }

        _members = members;
    }

    private void Take(Institution institution)
    {
        var known = Find(institution.MspId);
        foreach (var key in institution.Keys)
        {
            if (known?.Keys.Contains(key) != true) Add(LeafTypes.Key, new KeyLeaf(institution.MspId, key));
        }

        foreach (var (number, identity) in institution.Identities.Index())
        {
            // Records with lists in them are equal if they are the same object, so what they say is compared.
            byte[] now = CanonicalJson.Serialize(identity);
            bool isKnown = known?.Identities.ElementAtOrDefault(number) is { } one
                && CanonicalJson.Serialize(one).AsSpan().SequenceEqual(now);
            if (!isKnown) Add(LeafTypes.Identity, new IdentityLeaf(institution.MspId, number, identity));
        }

        _institutions[institution.MspId] = institution;
    }

    /// <summary>Takes in a statement that a leaf holds, as if it were written there.</summary>
    /// <returns>False if its type is not known.</returns>
    /// <exception cref="StrictJsonException">It cannot be read.</exception>
    internal bool TakeStatement(LogLeaf leaf, JsonElement statement, string signature)
    {
        _place = (leaf.Position, leaf.TransactionId);
        switch (leaf.Type)
        {
            case IssuanceStatement.TypeName:
                Add(LedgerJson.Deserialize<IssuanceStatement>(statement), signature);
                return true;
            case StatusStatement.TypeName:
                Add(LedgerJson.Deserialize<StatusStatement>(statement), signature);
                return true;
            case AccreditationStatement.TypeName:
                Add(LedgerJson.Deserialize<AccreditationStatement>(statement), signature);
                return true;
            case BallotStatement.TypeName:
                Add(LedgerJson.Deserialize<BallotStatement>(statement), signature);
                return true;
            case VoteStatement.TypeName:
                Add(LedgerJson.Deserialize<VoteStatement>(statement), signature);
                return true;
            case AgreementStatement.TypeName:
                Add(LedgerJson.Deserialize<AgreementStatement>(statement), signature);
                return true;
            case AcceptanceStatement.TypeName:
                Add(LedgerJson.Deserialize<AcceptanceStatement>(statement), signature);
                return true;
            case NoticeStatement.TypeName:
                Add(LedgerJson.Deserialize<NoticeStatement>(statement), signature);
                return true;
            default:
                return false;
        }
    }

    private void Take(Accreditation accreditation)
    {
        if (Find(accreditation.Accreditor) is not { } accreditor) return;
        foreach (var change in accreditation.Changes)
        {
            if (AccreditationFinding.IsGenuine(
                change with { ChangedAt = moment }, accreditation, accreditor, _ledger))
                Add(change.Statement, change.Signature);
        }
    }

    private void Take(Ballot ballot)
    {
        Add(ballot.Statement, ballot.Signature);
        var proof = new BallotProof(() => _ledger, Find);
        foreach (var vote in ballot.Votes)
        {
            if (proof.StandingOf(ballot, vote with { VotedAt = moment }) == StatementStanding.Counts)
                Add(vote.Statement, vote.Signature);
        }
    }

    private void Take(AgreementPart part)
    {
        if (part.Proposal is { } proposal) Add(proposal.Statement, proposal.Signature);
        if (part.Acceptance is { } acceptance) Add(acceptance.Statement, acceptance.Signature);
        if (part.Notice is { } notice) Add(notice.Statement, notice.Signature);
    }

    private Institution? Find(string mspId) =>
        _institutions.GetValueOrDefault(mspId) ?? before.FindInstitution(mspId);

    private void Add<T>(T statement, string signature)
        where T : class, IInstitutionStatement
    {
        var standing = StatementRule.StandingOf(
            statement, signature, _ledger, Find(statement.MspId), new WritingTime(moment, moment));
        if (standing != StatementStanding.Counts) return;

        string digest = StatementDigest.Of(statement);
        if (before.HasLeaf(digest) || !_digests.Add(digest)) return;
        Add(Leaf(statement.Type) with { Statement = ElementOf(statement), Signature = signature }, digest);
    }

    private void Add<T>(string type, T record)
        where T : class => Add(Leaf(type) with { Record = ElementOf(record) }, digest: null);

    private void Add(LogLeaf leaf, string? digest) => _leaves.Add(new NewLeaf(leaf.ToEntry(), digest));

    private LogLeaf Leaf(string type) => new()
    {
        Block = (long)block,
        Moment = moment,
        Position = _place.Position,
        TransactionId = _place.TransactionId,
        Type = type,
    };

    private static JsonElement ElementOf<T>(T value) => JsonSerializer.SerializeToElement(value, LedgerJson.Options);
}

/// <summary>A leaf to be appended.</summary>
/// <param name="Data">Its data.</param>
/// <param name="Digest">The digest of the statement in it, if it has one.</param>
public sealed record NewLeaf(byte[] Data, string? Digest);
