using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>
/// What institutions recognize of each other. A proposal, each acceptance and each notice is a record of its signer's,
/// written once: an agreement is what they amount to.
/// </summary>
internal static class Agreements
{
    // Each version's proposal and acceptances, and a notice of every party.
    private const int MaxParts = (Limits.MaxAgreementVersions + 1) * (Limits.MaxAgreementParties + 1);

    public static async Task<Written<Agreement>> ProposeAsync(
        TransactionContext context, SignedStatement<AgreementStatement> statement)
    {
        context.RequireRegistrar();
        var given = statement.Statement;
        await SignedStatements.RequireMadeForHereAsync(
            context, given.Type, AgreementStatement.TypeName, given.Ledger, given.MspId);
        AgreementChecks.Check(given);

        var (signingKey, members) = await RequireSignedAsync(context, statement, given.MspId, given.KeyId);
        var parts = await ReadPartsAsync(context, given.Id);
        var agreement = Agreement.Of(parts);
        if (agreement?.Versions.FirstOrDefault(version => version.Terms.Version == given.Version) is { } proposed)
        {
            return LedgerRecords.AreSame(proposed.Terms, given)
                ? new Written<Agreement>(agreement, Unchanged: true)
                : throw Refusal.Because(
                    ErrorCodes.AgreementConflict,
                    $"Version {given.Version} of {given.Id} is proposed in other words, and is never rewritten: "
                    + "propose the next version, or another agreement.",
                    "/statement/version");
        }

        SignedStatements.RequireInForce(signingKey);
        AgreementChecks.RequireNext(agreement, given, context.Time());
        await RequirePartiesAsync(context, given);
        await RequireEquivalentsAsync(context, given);

        var part = NewPart(context) with { Proposal = statement };
        await context.WriteAsync(
            RecordKey.AgreementProposal(given.Id, given.Version), part,
            Endorsement.OfParties(given.Parties, members), EventNames.AgreementProposed);
        return new Written<Agreement>(Agreement.Of([.. parts, part])!);
    }

    public static async Task<Written<Agreement>> AcceptAsync(
        TransactionContext context, SignedStatement<AcceptanceStatement> statement)
    {
        context.RequireRegistrar();
        var given = statement.Statement;
        await SignedStatements.RequireMadeForHereAsync(
            context, given.Type, AcceptanceStatement.TypeName, given.Ledger, given.MspId);
        Require.OwnedId(given.Agreement, "/statement/agreement");
        Require.Range(given.Version, "/statement/version", 1, Limits.MaxAgreementVersions);
        Require.Root(given.Digest, "/statement/digest");
        Require.Fragment(given.KeyId, "/statement/keyId");

        var (signingKey, members) = await RequireSignedAsync(context, statement, given.MspId, given.KeyId);
        var parts = await ReadPartsAsync(context, given.Agreement);
        var agreement = Agreement.Of(parts) ?? throw Unknown(given.Agreement);
        var version = agreement.Versions.FirstOrDefault(one => one.Terms.Version == given.Version)
            ?? throw Unknown(given.Agreement, given.Version);
        var accepted = version.Acceptances.FirstOrDefault(
            one => one.Acceptance!.Statement.MspId == given.MspId)?.Acceptance!.Statement;
        if (accepted is not null && LedgerRecords.AreSame(accepted, given))
            return new Written<Agreement>(agreement, Unchanged: true);

        SignedStatements.RequireInForce(signingKey);
        AgreementChecks.RequireAcceptable(agreement, version, given, context.Time());

        var part = NewPart(context) with { Acceptance = statement };
        await context.WriteAsync(
            RecordKey.AgreementAcceptance(given.Agreement, given.Version, given.MspId), part, given.MspId, members,
            EventNames.AgreementAccepted);
        return new Written<Agreement>(Agreement.Of([.. parts, part])!);
    }

    public static async Task<Written<Agreement>> LeaveAsync(
        TransactionContext context, SignedStatement<NoticeStatement> statement)
    {
        context.RequireRegistrar();
        var given = statement.Statement;
        await SignedStatements.RequireMadeForHereAsync(
            context, given.Type, NoticeStatement.TypeName, given.Ledger, given.MspId);
        Require.OwnedId(given.Agreement, "/statement/agreement");
        Require.Fragment(given.KeyId, "/statement/keyId");

        var (signingKey, members) = await RequireSignedAsync(context, statement, given.MspId, given.KeyId);
        var parts = await ReadPartsAsync(context, given.Agreement);
        var agreement = Agreement.Of(parts) ?? throw Unknown(given.Agreement);
        var left = agreement.Notices.FirstOrDefault(one => one.Notice!.Statement.MspId == given.MspId);
        if (left is not null && LedgerRecords.AreSame(left.Notice!.Statement, given))
            return new Written<Agreement>(agreement, Unchanged: true);

        SignedStatements.RequireInForce(signingKey);
        var endsAt = AgreementChecks.RequireLeaving(agreement, given, context.Time());

        var part = NewPart(context) with { Notice = statement, EndsAt = endsAt };
        await context.WriteAsync(
            RecordKey.AgreementNotice(given.Agreement, given.MspId), part, given.MspId, members,
            EventNames.AgreementNoticeGiven);
        return new Written<Agreement>(Agreement.Of([.. parts, part])!);
    }

    public static async Task<Agreement> GetAsync(TransactionContext context, string id)
    {
        Require.OwnedId(id, "/id");
        return Agreement.Of(await ReadPartsAsync(context, id))
            ?? throw Refusal.Because(ErrorCodes.NotFound, $"There is no agreement {id}.", "/id");
    }

    public static async Task<Page<AgreementPart>> ListPartsAsync(
        TransactionContext context, int pageSize, string bookmark) =>
        await context.PageAsync<AgreementPart>(new RecordKey(RecordKey.AgreementType), pageSize, bookmark);

    private static async Task<(SigningKey Key, IReadOnlyList<string> Members)> RequireSignedAsync<T>(
        TransactionContext context, SignedStatement<T> statement, string mspId, string keyId)
        where T : class
    {
        var found = await context.ReadAsync(RecordKey.Institution(mspId), RecordKey.Members());
        var institution = Institutions.RequireRegistered(found[0], mspId);
        return (SignedStatements.RequireSigned(institution, statement, keyId), LedgerRecords.ParseMembers(found[1]));
    }

    private static async Task<IReadOnlyList<AgreementPart>> ReadPartsAsync(TransactionContext context, string id) =>
        await context.ReadAllAsync<AgreementPart>(new RecordKey(RecordKey.AgreementType, id), MaxParts);

    private static async Task RequirePartiesAsync(TransactionContext context, AgreementStatement given)
    {
        var found = await context.ReadAsync(given.Parties.Select(RecordKey.Institution));
        for (int i = 0; i < found.Count; i++)
        {
            if (found[i] is null)
            {
                throw Refusal.Because(
                    ErrorCodes.InstitutionUnknown,
                    $"{given.Parties[i]} has no institution record, and could not accept: name another.",
                    $"/statement/parties/{i}");
            }
        }
    }

    private static async Task RequireEquivalentsAsync(TransactionContext context, AgreementStatement given)
    {
        for (int i = 0; i < given.Clauses.Count; i++)
        {
            var clause = given.Clauses[i];
            if (clause.Equivalent is not { } equivalent) continue;

            string mspId = clause.RecognizedBy[0];
            if (await context.FindAsync<Achievement>(
                RecordKey.Achievement(mspId, equivalent.Id, equivalent.Version)) is null)
            {
                throw Refusal.Because(
                    ErrorCodes.AchievementUnknown,
                    $"{mspId} has published no version {equivalent.Version} of {equivalent.Id}: name one that it has.",
                    $"/statement/clauses/{i}/equivalent");
            }
        }
    }

    private static AgreementPart NewPart(TransactionContext context) =>
        new() { WrittenAt = context.Time(), TransactionId = context.TransactionId };

    private static ChaincodeException Unknown(string id, int? version = null) => Refusal.Because(
        ErrorCodes.AgreementUnknown,
        version is null
            ? $"There is no agreement {id}: propose it by {TransactionNames.ProposeAgreement}."
            : $"There is no version {version} of the agreement {id}.",
        version is null ? "/statement/agreement" : "/statement/version");
}
