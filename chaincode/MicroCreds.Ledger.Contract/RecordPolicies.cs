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
        RecordKey.AgreementType, RecordKey.IdentityType, RecordKey.WithdrawnApiKeyType,
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
            if (PolicyOf(objectType, entry.Value, members) is not { } wanted) continue;

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
            if (stored is null || PolicyOf(key.ObjectType, stored, members) is not { } wanted) continue;

            string stateKey = LedgerRecords.StateKeyOf(key);
            if (wanted.Equals(await context.Stub.GetStateValidationParameterAsync(stateKey))) continue;

            await context.Stub.SetStateValidationParameterAsync(stateKey, wanted);
            count++;
        }

        return new Written<RefreshedPolicies>(new RefreshedPolicies(count), Unchanged: count == 0);
    }

    /// <summary>Returns the policy that a record should have; null for one whose owner left, and that nobody changes.
    /// </summary>
    private static SignaturePolicyEnvelope? PolicyOf(string type, byte[] stored, IReadOnlyList<string> members)
    {
        if (members.Count == 0) return null;

        if (type is RecordKey.ConsortiumType or RecordKey.BallotType) return Endorsement.OfAll(members);

        string[] owners = OwnersOf(type, stored);
        return owners.All(owner => members.Contains(owner, StringComparer.Ordinal))
            ? owners.Length == 1 ? Endorsement.OfRecord(owners[0], members) : Endorsement.OfParties(owners, members)
            : null;
    }

    private static string[] OwnersOf(string type, byte[] stored)
    {
        switch (type)
        {
            case RecordKey.InstitutionType: return [LedgerRecords.Parse<Institution>(stored).MspId];
            case RecordKey.AchievementType: return [LedgerRecords.Parse<Achievement>(stored).MspId];
            case RecordKey.PathwayType: return [LedgerRecords.Parse<Pathway>(stored).MspId];
            case RecordKey.IssuanceType: return [LedgerRecords.Parse<Issuance>(stored).Statement.MspId];
            case RecordKey.StatusType: return [LedgerRecords.Parse<Model.Status>(stored).Statement.MspId];
            case RecordKey.AccreditationType: return [LedgerRecords.Parse<Accreditation>(stored).Accreditor];
            case RecordKey.WithdrawnApiKeyType: return [LedgerRecords.Parse<WithdrawnApiKey>(stored).MspId];
            case RecordKey.IdentityType: return [LedgerRecords.Parse<IdentityClaim>(stored).MspId];
            default:
                var part = LedgerRecords.Parse<AgreementPart>(stored);
                return part.Proposal is { } proposal ? [.. proposal.Statement.Parties]
                    : [part.Acceptance?.Statement.MspId ?? part.Notice!.Statement.MspId];
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
