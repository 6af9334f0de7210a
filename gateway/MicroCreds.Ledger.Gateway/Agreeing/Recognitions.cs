using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Agreeing;

/// <summary>Answers what institutions recognize, out of what the ledger says. Thread-safe.</summary>
public sealed class Recognitions(
    LedgerProjection projection, ProjectedRecords records, ILedgerView ledger, ReceivedVerifier verifier,
    LedgerIdentity identity, TimeProvider time)
{
    /// <summary>Looks at what was sent, in whatever wraps it.</summary>
    /// <returns>Each credential within: nearly always one.</returns>
    public async ValueTask<IReadOnlyList<RecognizableCredential>> ReadAsync(
        ReadOnlyMemory<byte> document, CancellationToken cancellationToken) =>
        [.. (await verifier.VerifyOwnAsync(document, cancellationToken)).Select(Of)];

    /// <summary>Looks at a credential that was verified.</summary>
    public RecognizableCredential Of(Verdict verdict)
    {
        ArgumentNullException.ThrowIfNull(verdict);
        if (verdict.Document is not { } credential)
        {
            // What is not of this consortium is not called "not valid" by it.
            return RecognizableCredential.Refused(
                null,
                verdict.Kind == VerdictKind.Foreign ? RecognitionCode.NotVerified : RecognitionCode.NotValid,
                DetailOf(verdict));
        }

        string place = $"{credential.Anchor.Root}.{credential.Anchor.Index}";
        if (verdict.Abroad is { Facts: { } facts } abroad)
            return new RecognizableCredential(place, facts, null, null) { Abroad = abroad };
        if (verdict.Kind != VerdictKind.Valid)
        {
            return RecognizableCredential.Refused(
                place,
                verdict.Kind == VerdictKind.Invalid ? RecognitionCode.NotValid : RecognitionCode.NotVerified,
                DetailOf(verdict)) with
            { Abroad = verdict.Abroad };
        }

        if (verdict.View!.UnreadableAccreditation is { } unreadable)
            return RecognizableCredential.Refused(place, RecognitionCode.NotVerified, unreadable);

        var issuance = verdict.View!.Anchor!.Issuance!;
        return Of(
            place, issuance, credential.Achievement, verdict.View, verdict.Accreditation?.IsAccredited == true,
            GradeOf(credential));
    }

    /// <summary>Looks at a credential by its place on the ledger alone, as far as that goes.</summary>
    /// <param name="mspId">Its issuer.</param>
    /// <param name="root">The issuance's root.</param>
    /// <param name="index">The index in its tree.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be asked.</exception>
    public async ValueTask<RecognizableCredential?> FindAsync(
        string mspId, string root, int index, CancellationToken cancellationToken)
    {
        var view = await ledger.FindAnchorAsync(mspId, root, index, achievement: null, cancellationToken);
        if ((view.Unreadable ?? view.UnreadableAccreditation) is { } unreadable)
            throw new RecordUnreadableException(unreadable);
        if (view.Anchor?.Issuance is not { } issuance || index >= issuance.Statement.Size)
            return null;
        string place = $"{mspId}.{root}.{index}";
        if (PlaceCheck.FaultOf(view, identity.Verification, mspId, root, index) is { } fault)
        {
            return RecognizableCredential.Refused(
                place,
                fault.Outcome == CheckOutcome.Fail ? RecognitionCode.NotValid : RecognitionCode.NotVerified,
                fault.Detail);
        }

        // Which of several achievements a credential attests stands in the credential, and not on the ledger.
        if (issuance.Statement.Achievements.Count > 1)
        {
            return RecognizableCredential.Refused(
                place, RecognitionCode.AchievementNotKnown,
                "It was issued together with credentials for other achievements, and which is its own stands only in "
                + "the credential itself: POST it.");
        }

        var achievement = issuance.Statement.Achievements[0];
        bool isAccredited = view.Accreditation is { } accreditation && AccreditationFinding.Of(
            accreditation, identity.Verification.Ledger, issuance.Statement.MspId, TimeOf(view, issuance)).IsAccredited;
        return Of(place, issuance, achievement, view, isAccredited, null);
    }

    /// <summary>Answers for a learner's file.</summary>
    /// <param name="credentials">The credentials; what is there twice counts once.</param>
    /// <param name="institution">Where; null for everywhere.</param>
    public RecognitionReport Answer(IReadOnlyList<RecognizableCredential> credentials, string? institution)
    {
        var now = time.GetUtcNow();
        string[] institutions = institution is null
            ? [.. projection.Institutions.Keys.Order(StringComparer.Ordinal)]
            : [institution];

        // Whatever the order of the file: an institution's own awards count first, then caps are used up in the order
        // of the awards.
        var order = Enumerable.Range(0, credentials.Count)
            .OrderBy(i => credentials[i].Facts?.AwardedAt ?? DateTimeOffset.MaxValue)
            .ThenBy(i => credentials[i].Credential, StringComparer.Ordinal).ToList();
        var answers = new IReadOnlyList<RecognitionAnswer>[credentials.Count];
        foreach (int i in order)
            answers[i] = new RecognitionAnswer[institutions.Length];
        for (int j = 0; j < institutions.Length; j++)
        {
            var tally = new RecognitionTally();
            string at = institutions[j];
            foreach (int i in order.OrderBy(i => credentials[i].Facts is not { Ledger: null } own || own.MspId != at))
                ((RecognitionAnswer[])answers[i])[j] = Answer(credentials[i], at, now, tally);
        }

        return new RecognitionReport
        {
            Items =
            [
                .. credentials.Select((credential, i) => new CredentialRecognition
                {
                    Credential = credential.Credential,
                    MspId = credential.Facts?.MspId,
                    Achievement = credential.Facts?.Achievement.Id,
                    Title = credential.Facts?.Achievement.Name,
                    Credits = credential.Facts?.Achievement.Credits,
                    Abroad = credential.Abroad,
                    Recognitions = answers[i],
                }),
            ],
            Totals =
            [
                .. institutions.Select((one, j) => new RecognizedTotal(
                    one, answers.Sum(row => row[j].Recognized ? row[j].Credits ?? 0 : 0))),
            ],
            AskedAt = now,
            AsOf = projection.Head,
        };
    }

    private RecognitionAnswer Answer(
        RecognizableCredential credential, string institution, DateTimeOffset now, RecognitionTally tally) =>
        credential.Facts is { } facts
            ? Recognition.Of(facts, AgreementsFor(credential, facts, institution), institution, now, tally)
            : new RecognitionAnswer
            {
                Institution = institution,
                Recognized = false,
                Code = credential.Code!,
                Detail = credential.Detail!,
                Missing = credential.Abroad?.Missing ?? "A credential that stands, sent whole.",
            };

    /// <summary>Of what another consortium awarded those count by whose words it was verified, and no others.</summary>
    private IEnumerable<Agreement> AgreementsFor(
        RecognizableCredential credential, CredentialFacts facts, string institution) =>
        credential.Abroad is { } abroad
            ? abroad.ValidBy.Select(projection.Shared.Agreements.Find).OfType<Agreement>()
            : projection.Shared.Agreements.Between(facts.MspId, institution);

    private RecognizableCredential Of(
        string place, Issuance issuance, AchievementReference achievement, AnchorView view, bool isAccredited,
        string? grade)
    {
        string mspId = issuance.Statement.MspId;
        return records.FindDefinition(mspId, achievement) is not { } definition
            ? RecognizableCredential.Refused(
                place, RecognitionCode.NotVerified, "This gateway has not read its achievement yet: ask again.")
            : new RecognizableCredential(
                place,
                new CredentialFacts
                {
                    Credential = place,
                    MspId = mspId,
                    Achievement = definition,
                    AwardedAt = TimeOf(view, issuance),
                    Grade = grade,
                    IsAccredited = isAccredited,
                },
                null,
                null);
    }

    private static DateTimeOffset TimeOf(AnchorView view, Issuance issuance) =>
        view.AnchoredAt?.Time
        ?? (view.AsOf is { } asOf && asOf.Time > issuance.IssuedAt ? asOf.Time : issuance.IssuedAt);

    private static string DetailOf(Verdict verdict) => string.Join(
        ' ', verdict.Checks.Where(check => check.Outcome is CheckOutcome.Fail or CheckOutcome.Unknown)
            .OrderByDescending(check => check.Outcome).Take(1).Select(check => check.Detail));

    private static string? GradeOf(ReadCredential credential)
    {
        using var document = JsonDocument.Parse(credential.ToJson());
        return document.RootElement.TryGetProperty("credentialSubject", out var subject)
            && subject.TryGetProperty("result", out var results) && results.ValueKind == JsonValueKind.Array
            ? results.EnumerateArray()
                .Where(result => result.TryGetProperty("value", out var value)
                    && value.ValueKind == JsonValueKind.String)
                .Select(result => result.GetProperty("value").GetString()).FirstOrDefault()
            : null;
    }
}

/// <summary>A credential as recognition sees it: facts, or why there are none.</summary>
/// <param name="Credential">Its place on the ledger; absent if it could not be read.</param>
/// <param name="Facts">What counts, if it stands.</param>
/// <param name="Code">Else why not, as one of <see cref="RecognitionCode"/>.</param>
/// <param name="Detail">Why not, as a sentence.</param>
public sealed record RecognizableCredential(string? Credential, CredentialFacts? Facts, string? Code, string? Detail)
{
    /// <summary>By whose word it was verified, if it is of another consortium; absent of others.</summary>
    public AbroadFinding? Abroad { get; init; }

    /// <summary>Leaves out the grade, which is for those alone who hold the credential.</summary>
    public RecognizableCredential WithoutGrade() =>
        this with { Facts = Facts is { } facts ? facts with { Grade = null } : null };

    /// <summary>
    /// Whether it was in a file before. An altered copy is not the credential: it neither hides it nor is hidden by it.
    /// </summary>
    /// <param name="seen">What was in the file before.</param>
    internal bool IsRepeated(HashSet<string> seen) => Credential is not null && !seen.Add($"{Credential} {Code}");

    internal static RecognizableCredential Refused(string? place, string code, string detail) =>
        new(place, null, code, detail);
}

/// <summary>What institutions make of a learner's file.</summary>
public sealed record RecognitionReport
{
    /// <summary>One for each credential, in the order they were sent.</summary>
    public required IReadOnlyList<CredentialRecognition> Items { get; init; }

    /// <summary>The credits of all together, at each institution.</summary>
    public required IReadOnlyList<RecognizedTotal> Totals { get; init; }

    /// <summary>The day of asking.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>How far the gateway had read the ledger.</summary>
    public LedgerMoment? AsOf { get; init; }
}

/// <summary>What institutions make of one credential.</summary>
public sealed record CredentialRecognition
{
    /// <summary>Its place on the ledger, <c>root.index</c>.</summary>
    public string? Credential { get; init; }

    /// <summary>Who awarded it.</summary>
    public string? MspId { get; init; }

    /// <summary>The achievement.</summary>
    public string? Achievement { get; init; }

    /// <summary>The achievement's title.</summary>
    public string? Title { get; init; }

    /// <summary>The credits that its issuer gives.</summary>
    public double? Credits { get; init; }

    /// <summary>By whose word it was verified, if another consortium awarded it; absent of others.</summary>
    public AbroadWord? Abroad { get; init; }

    /// <summary>One answer for each institution.</summary>
    public required IReadOnlyList<RecognitionAnswer> Recognitions { get; init; }
}

/// <summary>The credits that an institution recognizes of a file.</summary>
/// <param name="Institution">The institution.</param>
/// <param name="Credits">The credits.</param>
public sealed record RecognizedTotal(string Institution, double Credits);
