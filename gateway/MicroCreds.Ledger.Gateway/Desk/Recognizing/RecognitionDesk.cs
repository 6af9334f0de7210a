using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Desk.Agreements;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Desk.Recognizing;

/// <summary>/desk/recognition: a learner's file is brought, and the decision comes, to print and to keep.</summary>
internal static class RecognitionDesk
{
    // The parts of a form around the files.
    private const int MaxUploadBytes = CredentialFile.MaxBytes + (64 * 1024);

    public static void MapRecognition(this IEndpointRouteBuilder desk)
    {
        desk.MapGet("/recognition", (HttpContext context, RecognitionDeskServices services) =>
            services.Form(context, fault: null))
            .Unaudited("An empty form shows nothing of a person.").RequireAuthorization(GatewayRoles.Recognizing);
        desk.MapPost("/recognition", DecideAsync).Costs(RouteCost.Dear)
            .Audited("recognition.decide").RequireAuthorization(GatewayRoles.Recognizing)
            .TakesParameters(PageText.LanguageParameter)
            .WithMetadata(new RequestSizeLimitAttribute(MaxUploadBytes));
    }

    private static async Task<IResult> DecideAsync(HttpContext context, RecognitionDeskServices services)
    {
        var form = await DeskAnswers.ReadFormAsync(context);
        try
        {
            var decision = await services.DecideAsync(
                await DocumentsOf(form, context.RequestAborted), form["institution"].ToString(),
                Visit.Of(context).Name, context.RequestAborted);
            var visit = Visit.Of(context);
            return DeskAnswers.Page<RecognitionDecided>(
                context, visit, (nameof(RecognitionDecided.Decision), decision),
                (nameof(RecognitionDecided.Words), services.Words(visit.Text)));
        }
        catch (Exception exception) when (exception is StrictJsonException
            or ProblemException { Kind.Status: StatusCodes.Status400BadRequest })
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return services.Form(context, exception.Message);
        }
    }

    private static async Task<List<ReadOnlyMemory<byte>>> DocumentsOf(
        IFormCollection form, CancellationToken cancellationToken)
    {
        var brought = new List<ReadOnlyMemory<byte>>();
        foreach (var file in form.Files.Where(file => file.Length > 0))
        {
            using var memory = new MemoryStream((int)file.Length);
            await file.CopyToAsync(memory, cancellationToken);
            brought.AddRange(BroughtFile.Open(memory.ToArray()).Documents
                .SelectMany(one => CredentialFile.Split(StrictJson.WithoutByteOrderMark(one))));
        }

        var documents = BroughtProofs.Pair(
            brought, one => one.ToArray(), (_, document) => document,
            _ => throw ProblemException.Invalid(
                "file", "One is a proof, and the credential that it is of is not among the files: choose both."))
            .ToList();
        return documents.Count is > 0 and <= CredentialFile.MaxCredentials
            ? documents
            : throw ProblemException.Invalid(
                "file", $"Choose files with 1 to {CredentialFile.MaxCredentials} credentials in all.");
    }
}

/// <summary>What a recognition decision is made with. Thread-safe.</summary>
public sealed class RecognitionDeskServices(
    LedgerProjection projection, ProjectedRecords records, Recognitions recognitions, ReceivedVerifier verifier,
    AnswerCounter answers, GatewayServiceOptions options)
{
    /// <summary>Says what terms are.</summary>
    public TermWords Words(PageText text) => new(text, projection, records);

    /// <summary>Answers with the form.</summary>
    public IResult Form(HttpContext context, string? fault) => DeskAnswers.Page<RecognitionForm>(
        context, Visit.Of(context), (nameof(RecognitionForm.Fault), fault),
        (nameof(RecognitionForm.MspId), options.MspId),
        (nameof(RecognitionForm.Institutions), projection.Institutions.Values
            .OrderBy(one => one.Name, StringComparer.OrdinalIgnoreCase).ToList()));

    /// <summary>Decides on a file.</summary>
    /// <param name="documents">The credentials; what is there twice counts once.</param>
    /// <param name="institution">Who decides; empty for this institution.</param>
    /// <param name="decidedBy">The person who asks.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ProblemException">The institution is not on the ledger.</exception>
    public async Task<RecognitionDecision> DecideAsync(
        IReadOnlyList<ReadOnlyMemory<byte>> documents, string institution, string decidedBy,
        CancellationToken cancellationToken)
    {
        string at = institution.Length > 0 ? institution : options.MspId;
        if (projection.FindInstitution(at) is null)
            throw new ProblemException(ProblemKind.NotFound, "No institution of this MSP is on the ledger.");
        var credentials = new List<RecognizableCredential>();
        var learners = new List<string>();
        var seen = new HashSet<string>();
        var verdicts = new List<Verdict>();
        foreach (var document in documents)
            verdicts.AddRange(await verifier.VerifyOwnAsync(document, cancellationToken));
        foreach (var verdict in verdicts)
        {
            var credential = recognitions.Of(verdict);
            if (credential.IsRepeated(seen)) continue;

            credentials.Add(credential);
            if (credential.Facts is not null)
                learners.Add(CredentialContent.Of(verdict.Document!).Learner ?? "");
        }

        var report = recognitions.Answer(credentials, at);
        answers.Recognized(report);
        return new RecognitionDecision
        {
            Institution = at,
            InstitutionName = projection.Institutions.GetValueOrDefault(at)?.Name ?? at,
            DecidedBy = decidedBy,
            Learners = [.. learners.Distinct()],
            Report = report,
        };
    }
}
