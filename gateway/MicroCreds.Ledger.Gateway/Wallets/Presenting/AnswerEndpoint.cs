using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Wallets.Offering;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>
/// Gives wallets what they are asked, and takes their answers (OpenID4VP 1.0, 5.10, 8.2, 8.3). A request is answered
/// once; an answer that is no good one changes nothing. Who saw the code can refuse in the learner's place, as the
/// protocol has it, and nothing else. Thread-safe.
/// </summary>
internal sealed partial class AnswerEndpoint(
    Presentations presentations, RequestObjects requests, PresentedCredentials presented, PresentationSecrets secrets,
    PresentationBell bell, PublicAddress address, GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>The largest answer: some presentations, encrypted and once more in a form's letters.</summary>
    public const int MaxBytes = 512 * 1024;

    private const int MaxWalletNonceLength = 500;
    private const string OtherRefusal = "other";

    /// <summary>Gives a request, signed; as often as it is fetched, until it is answered.</summary>
    public async Task<IResult> GiveAsync(HttpContext context, string secret)
    {
        var (asked, _) = RequireOpen(secret);
        string? walletNonce = null;
        if (HttpMethods.IsPost(context.Request.Method))
        {
            var form = await ProtocolForms.ReadFormAsync(context.Request);
            walletNonce = form.Find("wallet_nonce");
            if (walletNonce is { Length: > MaxWalletNonceLength })
            {
                throw new ProtocolFault(
                    ProtocolFault.InvalidRequest, $"wallet_nonce is longer than {MaxWalletNonceLength}.");
            }
        }

        byte[] signed = await requests.SignAsync(asked, secret, walletNonce, context.RequestAborted);
        return TypedResults.Bytes(signed, RequestObjects.MediaType);
    }

    /// <summary>Takes an answer that a wallet posts.</summary>
    public async Task<IResult> TakeAsync(HttpContext context, string secret)
    {
        var (asked, isSame) = RequireOpen(secret);
        var form = await ProtocolForms.ReadFormAsync(context.Request, MaxBytes);
        string? code = isSame ? LearnerSecret.Draw() : null;
        if (form.Find("error") is { } error)
        {
            RequireState(form.Find("state"), secret);
            await RefuseAsync(asked, error, code);
            return Answer(asked, code);
        }

        var answer = PresentationMode.IsEncrypted(asked.Mode) ? Open(asked, secret, form) : OfForm(form);
        RequireState(TextIn(answer, "state"), secret);
        if (TextIn(answer, "error") is { } inner)
        {
            await RefuseAsync(asked, inner, code);
            return Answer(asked, code);
        }

        var request = new PresentationRequest(asked.Client, PresentationSecrets.NonceOf(secret));
        await KeepAsync(asked, answer, request, code, context.RequestAborted);
        return Answer(asked, code);
    }

    /// <summary>Takes an answer that the browser of whoever asked brings (OpenID4VP 1.0, appendix A).</summary>
    /// <param name="asked">What was asked.</param>
    /// <param name="secret">What the page's own nonce is made of.</param>
    /// <param name="data">What the browser gave, as JSON.</param>
    /// <param name="cancellationToken">Cancels the judging.</param>
    /// <exception cref="ProtocolFault">It is no good answer.</exception>
    public async Task TakeOfBrowserAsync(
        AskedPresentation asked, string secret, string data, CancellationToken cancellationToken)
    {
        var sent = Parse(Encoding.UTF8.GetBytes(data), "The browser's answer");
        if (TextIn(sent, "error") is { } error)
        {
            await RefuseAsync(asked, error, responseCode: null);
            return;
        }

        var answer = !PresentationMode.IsEncrypted(asked.Mode) ? sent
            : OpenToken(asked, secret, TextIn(sent, "response") ?? throw MustBeEncrypted());
        var request = new PresentationRequest($"origin:{requests.Origin}", PresentationSecrets.NonceOf(secret));
        await KeepAsync(asked, answer, request, responseCode: null, cancellationToken);
    }

    private async Task KeepAsync(
        AskedPresentation asked, JsonElement answer, PresentationRequest request, string? responseCode,
        CancellationToken cancellationToken)
    {
        if (!answer.TryGetProperty("vp_token", out var token)) throw Fault("vp_token is missing.");
        var tokens = PresentedTokens.Read(token);
        await presented.RequireAsync(PresentationTerms.Parse(asked.Query).Dcql, tokens, request, cancellationToken);
        var now = time.GetUtcNow();
        var kept = new PresentedAnswer(
            tokens.Write(), request.Audience, request.Nonce, now, now + options.Wallets.AnswerRetention);
        if (!await presentations.AnswerAsync(asked.Id, kept, responseCode)) throw Over();
        bell.Ring();
    }

    private async Task RefuseAsync(AskedPresentation asked, string error, string? responseCode)
    {
        string code = ErrorCode().IsMatch(error) ? error : OtherRefusal;
        if (!await presentations.RefuseAsync(asked.Id, code, time.GetUtcNow(), responseCode)) throw Over();
        bell.Ring();
    }

    // Who asked has to show the code: so a link that somebody else sent leads their own browser nowhere.
    private JsonHttpResult<JsonObject> Answer(AskedPresentation asked, string? code)
    {
        var answer = new JsonObject();
        if (code is not null)
        {
            answer["redirect_uri"] = QueryHelpers.AddQueryString(
                asked.Redirect ?? $"{address.Url}{PresentingAddresses.Page}/{asked.Id}", "response_code", code);
        }

        return TypedResults.Json(answer);
    }

    private (AskedPresentation Asked, bool IsSame) RequireOpen(string secret) =>
        presentations.FindBySecret(secret) is { Asked.IsAnswered: false } found
        && time.GetUtcNow() < found.Asked.ExpiresAt ? found : throw Over();

    private JsonElement Open(AskedPresentation asked, string secret, Dictionary<string, StringValues> form) =>
        OpenToken(asked, secret, form.Find("response") ?? throw MustBeEncrypted());

    private JsonElement OpenToken(AskedPresentation asked, string secret, string token)
    {
        try
        {
            return Parse(secrets.KeyOf(secret, asked.Id).Open(token), "What response encrypts");
        }
        catch (FormatException exception)
        {
            throw Fault($"response: {exception.Message}");
        }
    }

    private static JsonElement OfForm(Dictionary<string, StringValues> form)
    {
        string token = form.Find("vp_token") ?? throw Fault(
            form.ContainsKey("response")
                ? "The request asks for direct_post: send vp_token as it is, and no response."
                : "vp_token is missing.");
        var parsed = Parse(Encoding.UTF8.GetBytes(token), "vp_token");
        var answer = new JsonObject { ["vp_token"] = JsonNode.Parse(parsed.GetRawText()) };
        if (form.Find("state") is { } state) answer["state"] = state;
        return JsonSerializer.SerializeToElement(answer);
    }

    private static JsonElement Parse(byte[] text, string what)
    {
        try
        {
            using var document = StrictJson.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone() : throw Fault($"{what} must be a JSON object.");
        }
        catch (StrictJsonException exception)
        {
            throw Fault($"{what} is no strict JSON: {exception.Message}");
        }
    }

    private static void RequireState(string? state, string secret)
    {
        byte[] expected = Encoding.ASCII.GetBytes(PresentationSecrets.StateOf(secret));
        if (!CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(state ?? "")))
            throw Fault("state must be repeated as the request has it: the answer is to another request.");
    }

    private static string? TextIn(JsonElement answer, string name) =>
        answer.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;

    private static ProtocolFault MustBeEncrypted() =>
        Fault("response is missing: the request asks for an encrypted answer, a JWE for the key in client_metadata.");

    private static ProtocolFault Fault(string description) => new(ProtocolFault.InvalidRequest, description);

    private static ProtocolFault Over() => new(
        ProtocolFault.InvalidRequest, "There is no such request, or it was answered or has ended.",
        StatusCodes.Status404NotFound);

    [GeneratedRegex(@"\A[a-z_]{1,60}\z")]
    private static partial Regex ErrorCode();
}
