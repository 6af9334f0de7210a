using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Description;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>/v1/verifications: is this credential good?</summary>
public static class VerificationResource
{
    /// <summary>Where credentials are verified.</summary>
    public const string Address = "/v1/verifications";

    private static readonly JsonTypeInfo<Verdict> VerdictType =
        (JsonTypeInfo<Verdict>)LedgerJson.Options.GetTypeInfo(typeof(Verdict));

    public static void MapVerifications(this IEndpointRouteBuilder routes) =>
        routes.MapPost(Address, VerifyAsync)
            .Costs(RouteCost.Dear)
            .Unaudited("It answers from what is public, or is brought along, and keeps nothing.")
            .WithTags("Verification")
            .WithSummary("Verify a credential")
            .WithDescription(
                "Send the credential as it was received, in any of its forms, also the one for paper, and in what "
                + "wraps it on its way (a mail, a presentation, another program's answer): the text tells which it "
                + "is. A PDF with the credential attached, a badge (PNG, SVG) or a photo of a code is looked into just "
                + "as the page /verify does, up to 12 MiB; what is locked or damaged is `indeterminate`. What is not "
                + "of this consortium has the verdict `foreign`: `foreign` says what it is, who issued it as it says "
                + "itself, and whether its signature holds, where that can be checked. Every check "
                + "is a line of its own; what could not be checked is `unknown` and makes the verdict "
                + "`indeterminate`, never `valid`. The `headline` says in a sentence what a reader must not miss, also "
                + "of what is valid: that its issuer's accreditation had been suspended, or that a credential that it "
                + "was awarded for was revoked since; `headlineCodes` are the codes of those checks. Who asked a "
                + "wallet for a presentation names itself and the nonce that it gave: the wallet's proof must be "
                + "made for them; `presented` is what that proof says of itself. Of several credentials, such as a "
                + "presentation may hold, `each` has the verdict on every one, and the whole is `indeterminate`; of "
                + "more than 20 none is looked at. A credential of another consortium that an agreement is with is "
                + "verified by its proof: send `{ \"credential\": …, \"proof\": \"…\" }`, the proof as "
                + "`/v1/log/proofs` of a gateway there hands it out; `abroad` says by whose word, as of when, and what "
                + "it counts for here, or what is missing. 503, with the same body, means that the "
                + "ledger could not be asked. Needs no login, and stores nothing personal of what was sent.")
            .Accepts<object>("application/json", CredentialNegotiation.Credential, CredentialNegotiation.VcJwt,
                CredentialNegotiation.SdJwtVc, CompactText.MediaType, "text/plain", "application/pdf",
                "image/png", "image/svg+xml", "image/jpeg", "*/*")
            .WithMetadata(new RequestSizeLimitAttribute(VerifyPage.MaxBytes))
            .Produces<Verdict>()
            .Produces<Verdict>(StatusCodes.Status503ServiceUnavailable)
            .GivesProblems(400, 413)
            .ReadableFromAnywhere();

    private static async Task VerifyAsync(
        HttpContext context, ReceivedVerifier verifier, VerifyInputs inputs, AnswerCounter answers,
        [Description("Whom the wallet was to make its proof for.")] string? audience = null,
        [Description("What the wallet was to repeat, new for every presentation.")] string? nonce = null)
    {
        byte[] document = await RequestBody.ReadBytesAsync(context.Request, VerifyPage.MaxBytes);
        bool isCarrier = BroughtFile.IsCarrier(document);
        if (!isCarrier && document.Length > RequestBody.MaxBytes) throw RequestBody.TooLarge(RequestBody.MaxBytes);
        if (document.Length == 0)
            throw new ProblemException(ProblemKind.InvalidRequest, "The body is empty: send the credential.");
        var request = RequestOf(audience, nonce);
        if (request is not null && ProvenCredential.Find(document) is not null)
        {
            throw new ProblemException(
                ProblemKind.InvalidRequest,
                "audience and nonce are for what a wallet presents, whose holder a proof of the log says nothing of: "
                + "send the presentation without the proof, or the credential with it and without the two.");
        }

        var verdict = isCarrier
            ? await VerifyFileAsync(document, request, verifier, inputs, context)
            : await verifier.VerifyAsync(document, request, context.RequestAborted);
        answers.Verified(verdict.Kind);
        var response = context.Response;
        if (verdict.Kind == VerdictKind.Indeterminate && IsUnreachable(verdict))
        {
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            response.Headers.RetryAfter = "5";
        }

        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";

        // Whole and with its length: chunks would need a second write for their end.
        byte[] answer = JsonSerializer.SerializeToUtf8Bytes(verdict, VerdictType);
        response.ContentLength = answer.Length;
        await response.BodyWriter.WriteAsync(answer, context.RequestAborted);
    }

    /// <summary>Verifies what a PDF or a picture carries, read as the page reads files.</summary>
    private static async ValueTask<Verdict> VerifyFileAsync(
        byte[] file, PresentationRequest? request, ReceivedVerifier verifier, VerifyInputs inputs, HttpContext context)
    {
        var found = await inputs.OfFileAsync(file, name: "", context.Request.Host.Value ?? "", context.RequestAborted);
        byte[][] documents = [.. found.Select(one => one.Document).OfType<byte[]>()];
        if (documents.Length > 0)
            return await verifier.VerifyCarriedAsync(documents, request, context.RequestAborted);

        // Of what carries nothing it is said what it is.
        if (found[0].Refusal is "emptyPdf" or "emptyPicture")
            return await verifier.VerifyAsync(file, request, context.RequestAborted);
        var words = found[0].RefusalIn(PageText.In(null));
        return ReceivedVerifier.NotOpened(words.Why, words.Next);
    }

    private static PresentationRequest? RequestOf(string? audience, string? nonce) => (audience, nonce) switch
    {
        (null, null) => null,
        ({ Length: > 0 }, { Length: > 0 }) => new PresentationRequest(audience, nonce),
        _ => throw new ProblemException(
            ProblemKind.InvalidRequest,
            "Name both audience and nonce, or neither: one alone lets a proof be used twice."),
    };

    private static bool IsUnreachable(Verdict verdict)
    {
        foreach (var check in verdict.Checks)
        {
            if (check.Code == CheckCodes.LedgerUnreachable)
                return true;
        }

        return false;
    }
}
