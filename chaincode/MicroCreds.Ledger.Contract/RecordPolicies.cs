using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>
/// Makes the endorsement policies of records anew after members came or left, so that a record never asks for more of
/// the departed than the present can make up for. Whoever sends it changes nothing but that: the policy follows from
/// the record and the list of members, and the record's present policy must agree.
/// </summary>
internal static class RecordPolicies
{
    private static readonly IReadOnlyList<string> Types =
    [
        RecordKey.InstitutionType, RecordKey.AchievementType, RecordKey.PathwayType, RecordKey.IssuanceType,
        RecordKey.StatusType, RecordKey.ConsortiumType, RecordKey.BallotType, RecordKey.AccreditationType,
        RecordKey.AgreementType, RecordKey.IdentityType, RecordKey.WithdrawnApiKeyType, RecordKey.OfferingType,
    ];

    public static async Task<StalePolicies> ListStaleAsync(
        TransactionContext context, string objectType, string mspId, int pageSize, string bookmark)
    {
        Require.OneOf(objectType, "/objectType", Types);
        Require.Range(pageSize, "/pageSize", 1, Limits.MaxRefreshedPolicies);
        var prefix = mspId.Length == 0 ? new RecordKey(objectType) : new RecordKey(objectType, mspId);
        var members = (await MemberList.GetAsync(context)).MspIds;
        var (entries, next) = await context.EntriesAsync(prefix, pageSize, bookmark);
        var (keys, stuck) = (new List<RecordKey>(), new List<RecordKey>());
        foreach (var entry in entries)
        {
            if (PolicyOf(KeyOf(entry.Key), entry.Value, members) is not { } wanted) continue;

            var stored = await context.Stub.GetStateValidationParameterAsync(entry.Key);
            if (wanted.Equals(stored)) continue;

            (stored is null || SatisfiedBy(stored, members) ? keys : stuck).Add(KeyOf(entry.Key));
        }

        return new StalePolicies(keys, stuck, next);
    }

    public static async Task<Written<RefreshedPolicies>> RefreshAsync(TransactionContext context, RecordKey[] keys)
    {
        context.RequireIssuer();
        Require.Count(keys, "/keys", 1, Limits.MaxRefreshedPolicies);
        for (int i = 0; i < keys.Length; i++)
            Require.OneOf(keys[i].ObjectType, $"/keys/{i}/objectType", Types);

        var found = await context.ReadAsync([RecordKey.Members(), .. keys]);
        var members = LedgerRecords.ParseMembers(found[0]);
        int count = 0;
        foreach (var (key, stored) in keys.Zip(found.Skip(1)))
        {
            if (stored is null || PolicyOf(key, stored, members) is not { } wanted) continue;

            string stateKey = LedgerRecords.StateKeyOf(key);
            if (wanted.Equals(await context.Stub.GetStateValidationParameterAsync(stateKey))) continue;

            await context.Stub.SetStateValidationParameterAsync(stateKey, wanted);
            count++;
        }

        return new Written<RefreshedPolicies>(new RefreshedPolicies(count), Unchanged: count == 0);
    }

    /// <summary>
    /// Returns the policy that a record should have; null for one whose owner left, and that nobody changes, and where
    /// it cannot be told whose it is.
    /// </summary>
    private static SignaturePolicyEnvelope? PolicyOf(RecordKey key, byte[] stored, IReadOnlyList<string> members)
    {
        if (members.Count == 0) return null;

        if (key.ObjectType is RecordKey.ConsortiumType or RecordKey.BallotType) return Endorsement.OfAll(members);

        string[] owners = OwnersOf(key, stored);
        return owners.Length > 0 && owners.All(owner => members.Contains(owner, StringComparer.Ordinal))
            ? owners.Length == 1 ? Endorsement.OfRecord(owners[0], members) : Endorsement.OfParties(owners, members)
            : null;
    }

    private static string[] OwnersOf(RecordKey key, byte[] stored) => (key.ObjectType, key.Attributes) switch
    {
        (RecordKey.AccreditationType, [_, var accreditor, ..]) => [accreditor],
        (RecordKey.AgreementType, [.., "acceptance" or "notice", var party]) => [party],
        (RecordKey.AgreementType, _) => [.. TryParse<AgreementPart>(stored)?.Proposal?.Statement.Parties ?? []],
        (RecordKey.IdentityType, _) => TryParse<IdentityClaim>(stored) is { } claim ? [claim.MspId] : [],
        (_, [var owner, ..]) => [owner],
        _ => [],
    };

    // What a newer contract wrote is left to those who know it.
    private static T? TryParse<T>(byte[] stored)
        where T : class
    {
        try
        {
            return LedgerRecords.Parse<T>(stored);
        }
        catch (ChaincodeException)
        {
            return null;
        }
    }

    private static RecordKey KeyOf(string stateKey)
    {
        var (objectType, attributes) = CompositeKey.Split(stateKey);
        return new RecordKey(objectType, [.. attributes]);
    }

    /// <summary>Tells whether a policy can be met by members that are there.</summary>
    public static bool SatisfiedBy(SignaturePolicyEnvelope policy, IReadOnlyList<string> members)
    {
        bool[] present =
        [
            .. policy.Identities.Select(identity => members.Contains(
                MSPRole.Parser.ParseFrom(identity.Principal).MspIdentifier, StringComparer.Ordinal)),
        ];
        return Holds(policy.Rule);

        bool Holds(SignaturePolicy rule) => rule.TypeCase == SignaturePolicy.TypeOneofCase.SignedBy
            ? present[rule.SignedBy]
            : rule.NOutOf.Rules.Count(Holds) >= rule.NOutOf.N;
    }
}
