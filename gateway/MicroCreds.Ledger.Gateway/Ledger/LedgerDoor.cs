using System.Globalization;
using System.Text.Json;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Ledger;

/// <summary>The only typed door to the contract: one method for each transaction. Thread-safe.</summary>
public sealed class LedgerDoor(ILedgerConnection connection)
{
    private const bool Registrar = true;
    private const bool Issuer = false;

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

    /// <summary>Publishes a version of an achievement.</summary>
    public Task<Committed<Achievement>> PublishAchievementAsync(
        Achievement achievement, CancellationToken cancellationToken) =>
        SubmitAsync<Achievement>(TransactionNames.PublishAchievement, Issuer, cancellationToken, Json(achievement));

    /// <summary>Retires a version of an achievement.</summary>
    public Task<Committed<Achievement>> RetireAchievementAsync(
        string id, int version, CancellationToken cancellationToken) =>
        SubmitAsync<Achievement>(TransactionNames.RetireAchievement, Issuer, cancellationToken, id, Text(version));

    /// <summary>Publishes a version of a pathway.</summary>
    public Task<Committed<Pathway>> PublishPathwayAsync(Pathway pathway, CancellationToken cancellationToken) =>
        SubmitAsync<Pathway>(TransactionNames.PublishPathway, Issuer, cancellationToken, Json(pathway));

    /// <summary>Retires a version of a pathway.</summary>
    public Task<Committed<Pathway>> RetirePathwayAsync(string id, int version, CancellationToken cancellationToken) =>
        SubmitAsync<Pathway>(TransactionNames.RetirePathway, Issuer, cancellationToken, id, Text(version));

    /// <summary>Puts a question to the members.</summary>
    public Task<Committed<Ballot>> ProposeBallotAsync(
        SignedStatement<BallotStatement> statement, CancellationToken cancellationToken) =>
        SubmitAsync<Ballot>(TransactionNames.ProposeBallot, Registrar, cancellationToken, Json(statement));

    /// <summary>Votes.</summary>
    public Task<Committed<Ballot>> VoteAsync(
        SignedStatement<VoteStatement> statement, CancellationToken cancellationToken) =>
        SubmitAsync<Ballot>(TransactionNames.Vote, Registrar, cancellationToken, Json(statement));

    /// <summary>Grants or changes an accreditation.</summary>
    public Task<Committed<Accreditation>> SetAccreditationAsync(
        SignedStatement<AccreditationStatement> statement, CancellationToken cancellationToken) =>
        SubmitAsync<Accreditation>(TransactionNames.SetAccreditation, Registrar, cancellationToken, Json(statement));

    /// <summary>Proposes an agreement or an amendment.</summary>
    public Task<Committed<Agreement>> ProposeAgreementAsync(
        SignedStatement<AgreementStatement> statement, CancellationToken cancellationToken) =>
        SubmitAsync<Agreement>(TransactionNames.ProposeAgreement, Registrar, cancellationToken, Json(statement));

    /// <summary>Accepts an agreement or an amendment.</summary>
    public Task<Committed<Agreement>> AcceptAgreementAsync(
        SignedStatement<AcceptanceStatement> statement, CancellationToken cancellationToken) =>
        SubmitAsync<Agreement>(TransactionNames.AcceptAgreement, Registrar, cancellationToken, Json(statement));

    /// <summary>Gives notice of an agreement.</summary>
    public Task<Committed<Agreement>> LeaveAgreementAsync(
        SignedStatement<NoticeStatement> statement, CancellationToken cancellationToken) =>
        SubmitAsync<Agreement>(TransactionNames.LeaveAgreement, Registrar, cancellationToken, Json(statement));

    /// <summary>Reads all that says whether an institution was accredited for an achievement.</summary>
    public Task<AccreditationRecords> GetAccreditationRecordsAsync(
        string mspId, string id, int version, CancellationToken cancellationToken) =>
        EvaluateAsync<AccreditationRecords>(
            TransactionNames.GetAccreditationRecords, cancellationToken, mspId, id, Text(version));

    /// <summary>Anchors an issuance; one that is there already is found and stays as it is.</summary>
    public Task<Committed<Issuance>> IssueAsync(
        SignedStatement<IssuanceStatement> statement, CancellationToken cancellationToken) =>
        SubmitAsync<Issuance>(TransactionNames.Issue, Issuer, cancellationToken, Json(statement));

    /// <summary>Suspends, reinstates or revokes a credential.</summary>
    public Task<Committed<Status>> SetStatusAsync(
        SignedStatement<StatusStatement> statement, CancellationToken cancellationToken) =>
        SubmitAsync<Status>(TransactionNames.SetStatus, Issuer, cancellationToken, Json(statement));

    /// <summary>Reads all that the peer knows about one credential.</summary>
    public Task<Anchor> GetAnchorAsync(string root, int index, CancellationToken cancellationToken) =>
        EvaluateAsync<Anchor>(TransactionNames.GetAnchor, cancellationToken, root, Text(index));

    /// <summary>Reads an institution's history, newest first.</summary>
    public Task<HistoryEntry<Institution>[]> GetInstitutionHistoryAsync(
        string mspId, CancellationToken cancellationToken) =>
        EvaluateAsync<HistoryEntry<Institution>[]>(TransactionNames.GetInstitutionHistory, cancellationToken, mspId);

    /// <summary>Reads a credential's status history, newest first.</summary>
    public Task<HistoryEntry<Status>[]> GetStatusHistoryAsync(
        string root, int index, CancellationToken cancellationToken) =>
        EvaluateAsync<HistoryEntry<Status>[]>(TransactionNames.GetStatusHistory, cancellationToken, root, Text(index));

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
            throw new InvalidDataException(
                $"{transaction} answered {json.Length} bytes that this gateway does not understand: its contract may "
                + "be of "
                + "another version.",
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
