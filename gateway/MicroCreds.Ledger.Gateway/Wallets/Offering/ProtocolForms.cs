using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>Reads the bodies of wallets' requests: forms of OAuth 2.0, and strict JSON.</summary>
internal static class ProtocolForms
{
    private const string FormType = "application/x-www-form-urlencoded";
    private const string JsonType = "application/json";
    private const int MaxFormBytes = 16 * 1024;

    // As many proofs as there may be copies, each as long as one may be.
    private const int MaxJsonBytes = 256 * 1024;

    /// <summary>Reads a form, in which no parameter stands twice.</summary>
    /// <param name="request">The request.</param>
    /// <param name="maxBytes">The largest one. Default is what holds a few tokens.</param>
    /// <exception cref="ProtocolFault">It is none.</exception>
    public static async Task<Dictionary<string, StringValues>> ReadFormAsync(
        HttpRequest request, int maxBytes = MaxFormBytes)
    {
        RequestBody.RequireMediaType(request, FormType);
        byte[] body = await RequestBody.ReadBytesAsync(request, maxBytes);
        var form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body));
        if (form.FirstOrDefault(one => one.Value.Count > 1) is { Key: { } twice })
            throw new ProtocolFault(ProtocolFault.InvalidRequest, $"The parameter {twice} stands there twice.");
        if (form.FirstOrDefault(one => one.Value.ToString().Contains('\0')) is { Key: { } torn })
            throw new ProtocolFault(ProtocolFault.InvalidRequest, $"The parameter {torn} holds the character U+0000.");
        return form;
    }

    /// <summary>Gives a parameter; null if it is missing or empty.</summary>
    public static string? Find(this Dictionary<string, StringValues> form, string name) =>
        form.TryGetValue(name, out var value) && value.ToString() is { Length: > 0 } text ? text : null;

    /// <summary>Gives a parameter that must be there.</summary>
    /// <exception cref="ProtocolFault">It is not.</exception>
    public static string Require(this Dictionary<string, StringValues> form, string name) =>
        form.Find(name)
        ?? throw new ProtocolFault(ProtocolFault.InvalidRequest, $"The parameter {name} is missing.");

    /// <summary>Reads a JSON object.</summary>
    /// <param name="request">The request.</param>
    /// <param name="code">The error code, if it is none.</param>
    /// <exception cref="ProtocolFault">It is none.</exception>
    public static async Task<JsonElement> ReadJsonAsync(HttpRequest request, string code)
    {
        RequestBody.RequireMediaType(request, JsonType);
        byte[] body = await RequestBody.ReadBytesAsync(request, MaxJsonBytes);
        try
        {
            using var document = StrictJson.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new ProtocolFault(code, "The body must be a JSON object.");
        }
        catch (StrictJsonException exception)
        {
            throw new ProtocolFault(code, $"The body is no strict JSON: {exception.Message}");
        }
    }

    /// <summary>Gives a text of a JSON object; null if it is missing.</summary>
    /// <exception cref="ProtocolFault">It is something else.</exception>
    public static string? TextOf(JsonElement request, string name, string code) =>
        !request.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text
        : throw new ProtocolFault(code, $"{name} must be a text that is not empty.");
}
