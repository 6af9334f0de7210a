using System.Globalization;
using System.Text.Json;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Ledger;

/// <summary>
/// The only typed door to the contract: one method for each transaction, and one for all that members say to each
/// other. Thread-safe.
/// </summary>
public sealed class LedgerDoor(ILedgerConnection connection)
{
    private const bool Registrar = true;
    private const bool Issuer = false;

    /// <summary>Founds the ledger; one that is founded so already stays as it is.</summary>
    public Task<Committed<Founding>> FoundAsync(Founding founding, CancellationToken cancellationToken) =>
        SubmitAsync<Founding>(TransactionNames.Found, Registrar, cancellationToken, Json(founding));

    /// <summary>Reads how the ledger was founded.</summary>
    public Task<Founding> GetFoundingAsync(CancellationToken cancellationToken) =>
        EvaluateAsync<Founding>(TransactionNames.GetFounding, cancellationToken);

    /// <summary>Writes the institution's own record; its keys stay as they are.</summary>
    public Task<Committed<Institution>> SetInstitutionAsync(
        Institution institution, CancellationToken cancellationToken) =>
        SubmitAsync<Institution>(
            TransactionNames.SetInstitution, Registrar, cancellationToken, Json(institution with { Keys = [] }));

    /// <summary>Registers a key.</summary>
    public Task<Committed<Institution>> AddKeyAsync(
        SignedStatement<KeyStatement> statement, CancellationToken cancellationToken) =>
        SubmitAsync<Institution>(TransactionNames.AddKey, Registrar, cancellationToken, Json(statement));

    /// <summary>Withdraws a key.</summary>
    public Task<Committed<Institution>> RevokeKeyAsync(KeyRevocation revocation, CancellationToken cancellationToken) =>
        SubmitAsync<Institution>(TransactionNames.RevokeKey, Registrar, cancellationToken, Json(revocation));

    /// <summary>Says that an API key of this gateway counts no more.</summary>
    public Task<Committed<WithdrawnApiKey>> WithdrawApiKeyAsync(string mark, CancellationToken cancellationToken) =>
        SubmitAsync<WithdrawnApiKey>(TransactionNames.WithdrawApiKey, Registrar, cancellationToken, mark);

    /// <summary>Frees the name and identifiers of an own identity that is not in force any more.</summary>
    public Task<Committed<Institution>> GiveUpIdentityAsync(string digest, CancellationToken cancellationToken) =>
        SubmitAsync<Institution>(TransactionNames.GiveUpIdentity, Registrar, cancellationToken, digest);

    /// <summary>Leaves the consortium.</summary>
    public Task<Committed<Members>> LeaveConsortiumAsync(CancellationToken cancellationToken) =>
        SubmitAsync<Members>(TransactionNames.LeaveConsortium, Registrar, cancellationToken);

    /// <summary>Counts an open ballot anew.</summary>
    public Task<Committed<Ballot>> CountBallotAsync(string id, CancellationToken cancellationToken) =>
        SubmitAsync<Ballot>(TransactionNames.CountBallot, Registrar, cancellationToken, id);

    /// <summary>Makes records' endorsement policies anew from the members as they are.</summary>
    public Task<Committed<RefreshedPolicies>> RefreshPoliciesAsync(
        IReadOnlyList<RecordKey> keys, CancellationToken cancellationToken) =>
        SubmitAsync<RefreshedPolicies>(TransactionNames.RefreshPolicies, Issuer, cancellationToken, Json(keys));

    /// <summary>Reads which records' policies are not made from the members as they are, page by page.</summary>
    /// <param name="objectType">Which kind of records.</param>
    /// <param name="mspId">What their keys begin with; none for all of the kind.</param>
    /// <param name="bookmark">What the page before said; none for the first.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task<StalePolicies> ListStalePoliciesAsync(
        string objectType, string mspId, string bookmark, CancellationToken cancellationToken) =>
        EvaluateAsync<StalePolicies>(
            TransactionNames.ListStalePolicies, cancellationToken, objectType, mspId,
            Text(Limits.MaxRefreshedPolicies), bookmark);

    /// <summary>Publishes a version of an achievement.</summary>
    public Task<Committed<Achievement>> PublishAchievementAsync(
        Achievement achievement, CancellationToken cancellationToken) =>
        SubmitAsync<Achievement>(TransactionNames.PublishAchievement, Issuer, cancellationToken, Json(achievement));

    /// <summary>Retires a version of an achievement.</summary>
    public Task<Committed<Achievement>> RetireAchievementAsync(
        string id, int version, CancellationToken cancellationToken) =>
        SubmitAsync<Achievement>(TransactionNames.RetireAchievement, Issuer, cancellationToken, id, Text(version));

    /// <summary>Sets when an own achievement can be taken.</summary>
    public Task<Committed<Offering>> SetOfferingAsync(Offering offering, CancellationToken cancellationToken) =>
        SubmitAsync<Offering>(TransactionNames.SetOffering, Issuer, cancellationToken, Json(offering));

    /// <summary>Publishes a version of a pathway.</summary>
    public Task<Committed<Pathway>> PublishPathwayAsync(Pathway pathway, CancellationToken cancellationToken) =>
        SubmitAsync<Pathway>(TransactionNames.PublishPathway, Issuer, cancellationToken, Json(pathway));

    /// <summary>Retires a version of a pathway.</summary>
    public Task<Committed<Pathway>> RetirePathwayAsync(string id, int version, CancellationToken cancellationToken) =>
        SubmitAsync<Pathway>(TransactionNames.RetirePathway, Issuer, cancellationToken, id, Text(version));

    /// <summary>Says something to the other members.</summary>
    public Task<Committed<TRecord>> SayAsync<TStatement, TRecord>(
        MemberTransaction<TStatement, TRecord> transaction, SignedStatement<TStatement> statement,
        CancellationToken cancellationToken)
        where TStatement : class
        where TRecord : class =>
        SubmitAsync<TRecord>(transaction.Name, Registrar, cancellationToken, Json(statement));

    /// <summary>Anchors an issuance; one that is there already is found and stays as it is.</summary>
    public Task<Committed<Issuance>> IssueAsync(
        SignedStatement<IssuanceStatement> statement, CancellationToken cancellationToken) =>
        SubmitAsync<Issuance>(TransactionNames.Issue, Issuer, cancellationToken, Json(statement));

    /// <summary>Suspends, reinstates or revokes a credential.</summary>
    public Task<Committed<Status>> SetStatusAsync(
        SignedStatement<StatusStatement> statement, CancellationToken cancellationToken) =>
        SubmitAsync<Status>(TransactionNames.SetStatus, Issuer, cancellationToken, Json(statement));

    /// <summary>Reads all that a verifier needs about one credential.</summary>
    public Task<VerificationRecords> GetVerificationRecordsAsync(
        string mspId, string root, int index, AchievementReference? achievement,
        CancellationToken cancellationToken) =>
        EvaluateAsync<VerificationRecords>(
            TransactionNames.GetVerificationRecords, cancellationToken, mspId, root, Text(index),
            achievement?.Id ?? "", Text(achievement?.Version ?? 0));

    /// <summary>Reads what stands about one credential.</summary>
    public Task<Anchor> GetAnchorAsync(
        string mspId, string root, int index, CancellationToken cancellationToken) =>
        EvaluateAsync<Anchor>(TransactionNames.GetAnchor, cancellationToken, mspId, root, Text(index));

    /// <summary>Reads an institution's history, newest first.</summary>
    public Task<HistoryEntry<Institution>[]> GetInstitutionHistoryAsync(
        string mspId, CancellationToken cancellationToken) =>
        EvaluateAsync<HistoryEntry<Institution>[]>(TransactionNames.GetInstitutionHistory, cancellationToken, mspId);

    /// <summary>Reads a credential's status history, newest first.</summary>
    public Task<HistoryEntry<Status>[]> GetStatusHistoryAsync(
        string mspId, string root, int index, CancellationToken cancellationToken) =>
        EvaluateAsync<HistoryEntry<Status>[]>(
            TransactionNames.GetStatusHistory, cancellationToken, mspId, root, Text(index));

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, LedgerJson.Options);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static T Read<T>(ReadOnlySpan<byte> json, string transaction)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, LedgerJson.Options)
                ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new RecordUnreadableException(
                $"{transaction} answered {json.Length} bytes that this gateway cannot read: the contract may be newer "
                + "than it.",
                exception);
        }
    }

    private async Task<T> EvaluateAsync<T>(
        string transaction, CancellationToken cancellationToken, params string[] arguments)
        where T : class =>
        Read<T>(await connection.EvaluateAsync(transaction, arguments, cancellationToken), transaction);

    private async Task<Committed<T>> SubmitAsync<T>(
        string transaction, bool asRegistrar, CancellationToken cancellationToken, params string[] arguments)
        where T : class
    {
        var submission = await connection.SubmitAsync(transaction, arguments, asRegistrar, cancellationToken);
        var written = Read<Written<T>>(submission.Result.Span, transaction);
        return new Committed<T>(written.Record, written.Unchanged, submission.TransactionId, submission.Block);
    }
}

/// <summary>A transaction's outcome.</summary>
/// <param name="Record">The record as it stands on the ledger.</param>
/// <param name="Unchanged">True if the same submission was found there, so that nothing was written.</param>
/// <param name="TransactionId">The transaction.</param>
/// <param name="Block">The block it is in.</param>
/// <typeparam name="T">The kind of record.</typeparam>
public sealed record Committed<T>(T Record, bool Unchanged, string TransactionId, ulong Block)
    where T : class;
