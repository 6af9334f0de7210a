using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Problems;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>Ends a wallet's request with one of the error codes of OAuth 2.0 or OpenID4VCI.</summary>
/// <param name="code">The code.</param>
/// <param name="description">What is wrong, and how to mend it. Holds no secret and nothing personal.</param>
/// <param name="status">The HTTP status. Default is 400.</param>
internal sealed class ProtocolFault(string code, string description, int status = StatusCodes.Status400BadRequest)
    : Exception(description)
{
    public const string InvalidRequest = "invalid_request";
    public const string InvalidGrant = "invalid_grant";
    public const string InvalidClient = "invalid_client";
    public const string InvalidScope = "invalid_scope";
    public const string InvalidToken = "invalid_token";
    public const string UnsupportedGrantType = "unsupported_grant_type";
    public const string UnsupportedResponseType = "unsupported_response_type";
    public const string InvalidBoundProof = "invalid_dpop_proof";
    public const string InvalidCredentialRequest = "invalid_credential_request";
    public const string UnknownConfiguration = "unknown_credential_configuration";
    public const string UnknownIdentifier = "unknown_credential_identifier";
    public const string InvalidProof = "invalid_proof";
    public const string InvalidNonce = "invalid_nonce";
    public const string InvalidEncryption = "invalid_encryption_parameters";
    public const string RequestDenied = "credential_request_denied";
    public const string InvalidTransaction = "invalid_transaction_id";
    public const string InvalidNotification = "invalid_notification_request";
    public const string InvalidNotificationId = "invalid_notification_id";

    public const string Busy = "temporarily_unavailable";

    private const string FailedCode = "server_error";

    // Who sends no token at all is told no error code (RFC 6750, 3.1).
    private const string NoCode = "";

    /// <summary>The answer to a request without an access token.</summary>
    public static ProtocolFault NoToken() => new(
        NoCode, "Send the access token as Authorization: Bearer, or DPoP if it is bound to a key.",
        StatusCodes.Status401Unauthorized);

    public string Code { get; } = code;

    public int Status { get; } = status;

    /// <summary>Answers a wallet in its own protocol, whatever ends its request.</summary>
    public static async ValueTask<object?> AnswerAsync(
        EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var response = invocation.HttpContext.Response;
        response.Headers.CacheControl = "no-store";
        try
        {
            return await next(invocation);
        }
        catch (ProtocolFault fault)
        {
            return Answer(response, fault);
        }
        catch (ProblemException problem) when (problem.Kind.Status < StatusCodes.Status500InternalServerError)
        {
            return Answer(response, new ProtocolFault(InvalidRequest, problem.Message, problem.Kind.Status));
        }
        catch (Exception exception) when (!invocation.HttpContext.RequestAborted.IsCancellationRequested
            && ProblemTranslation.Translate(exception) is { Kind: var kind } && kind != ProblemKind.Internal)
        {
            var problem = ProblemTranslation.Translate(exception);
            string code = problem.RetryAfter is null ? FailedCode : Busy;
            return Answer(response, new ProtocolFault(code, problem.Message, problem.Kind.Status));
        }
    }

    private static JsonHttpResult<JsonObject> Answer(HttpResponse response, ProtocolFault fault)
    {
        if (fault.Status == StatusCodes.Status401Unauthorized)
        {
            string error = fault.Code == NoCode ? "" : $" error=\"{fault.Code}\"";
            string separator = fault.Code == NoCode ? " " : ", ";
            response.Headers.WWWAuthenticate = new([
                $"Bearer{error}", $"DPoP{error}{separator}algs=\"{string.Join(' ', BoundTokens.Algorithms)}\""]);
        }

        var answer = new JsonObject { ["error_description"] = InAscii(fault.Message) };
        if (fault.Code != NoCode) answer.Insert(0, "error", fault.Code);
        return TypedResults.Json(answer, statusCode: fault.Status);
    }

    // RFC 6749 (5.2) allows printable ASCII alone, but for the quotation mark and the backslash.
    private static string InAscii(string text) => string.Concat(text.Select(
        letter => letter is '"' or '\\' ? '\'' : letter is >= ' ' and <= '~' ? letter : '?'));
}
