using System.Security.Cryptography;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace MicroCreds.Ledger.Gateway.Xapi;

/// <summary>The statements of a request, with what is attached to them.</summary>
/// <param name="Statements">The statements as they were sent.</param>
/// <param name="Attachments">What came along, by its SHA-2.</param>
/// <param name="IsList">Whether they came as a list.</param>
internal sealed record StatementForm(
    IReadOnlyList<JsonElement> Statements, IReadOnlyDictionary<string, StatementAttachment> Attachments, bool IsList)
{
    /// <summary>The most statements of one request.</summary>
    public const int MaxStatements = 200;

    /// <summary>The deepest that a statement is nested.</summary>
    public const int MaxDepth = 24;

    private const string HashHeader = "X-Experience-API-Hash";
    private const string Signature = "http://adlnet.gov/expapi/attachments/signature";

    private static readonly Dictionary<string, StatementAttachment> None = [];

    /// <summary>Reads a body: JSON, or JSON with attachments.</summary>
    /// <exception cref="ProblemException">It is none of these, or a statement is not what one must be.</exception>
    public static async Task<StatementForm> ReadAsync(XapiRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)) throw WrongType();
        if (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            return Checked(ParseJson(request.Body), None);
        if (!type.MediaType.Equals("multipart/mixed", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).ToString() is not { Length: > 0 and <= 200 } boundary)
            throw WrongType();
        try
        {
            return await ReadPartsAsync(request.Body, boundary);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            throw ProblemException.Invalid("", $"is no multipart/mixed that can be read: {exception.Message}");
        }
    }

    private static async Task<StatementForm> ReadPartsAsync(byte[] body, string boundary)
    {
        using var stream = new MemoryStream(body);
        var reader = new MultipartReader(boundary, stream);
        JsonElement? json = null;
        var attachments = new Dictionary<string, StatementAttachment>(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadNextSectionAsync() is { } section)
        {
            using var content = new MemoryStream();
            await section.Body.CopyToAsync(content);
            if (json is null)
            {
                if (section.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
                    throw ProblemException.Invalid("", "has a first part that is not application/json.");
                json = ParseJson(content.ToArray());
                continue;
            }

            string hash = HeaderOf(section, HashHeader)
                ?? throw ProblemException.Invalid("", $"has a further part without {HashHeader}.");
            if (HeaderOf(section, "Content-Transfer-Encoding")?.Equals("binary", StringComparison.OrdinalIgnoreCase)
                != true)
                throw ProblemException.Invalid("", "has a further part without Content-Transfer-Encoding: binary.");
            attachments[hash] = new StatementAttachment(
                hash.ToLowerInvariant(), section.ContentType ?? "application/octet-stream", content.ToArray());
        }

        return json is { } found
            ? Checked(found, attachments) : throw ProblemException.Invalid("", "has no part with the statements.");
    }

    private static StatementForm Checked(
        JsonElement json, IReadOnlyDictionary<string, StatementAttachment> attachments)
    {
        bool isList = json.ValueKind == JsonValueKind.Array;
        IReadOnlyList<JsonElement> statements = isList ? [.. json.EnumerateArray()] : [json];
        if (statements.Count > MaxStatements)
        {
            throw ProblemException.Invalid(
                "", $"has {statements.Count} statements: {MaxStatements} may be sent at once.");
        }

        var faults = new List<FieldFault>();
        var ids = new HashSet<Guid>();
        for (int i = 0; i < statements.Count; i++)
        {
            string path = isList ? $"/{i}" : "";
            faults.AddRange(StatementRules.Check(statements[i], path));
            if (faults.Count == 0 && statements[i].TryGetProperty("id", out var id)
                && XapiValues.IsUuid(XapiValues.TextOf(id), out var key) && !ids.Add(key))
                faults.Add(new FieldFault(path + "/id", "stands there twice in one request."));
        }

        if (faults.Count > 0) throw ProblemException.Invalid(faults);
        var form = new StatementForm(statements, attachments, isList);
        form.RequireAttachments();
        return form;
    }

    /// <summary>Each attachment is there or elsewhere, and none is there that no statement names.</summary>
    private void RequireAttachments()
    {
        var named = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var statement in Statements)
        {
            foreach (var attachment in AttachmentsOf(statement))
            {
                string hash = attachment.GetProperty("sha2").GetString()!;
                bool isHere = Attachments.TryGetValue(hash, out var content);
                named.Add(hash);
                if (!isHere && !attachment.TryGetProperty("fileUrl", out _))
                    throw Fault("has no part of its own, and no fileUrl.");
                if (isHere && !hash.Equals(
                    HashOf(content!.Content, hash.Length), StringComparison.OrdinalIgnoreCase))
                    throw Fault("has a part whose hash is another.");
                if (isHere && content!.Content.Length != attachment.GetProperty("length").GetInt64())
                    throw Fault("has a part of another length.");
                if (attachment.GetProperty("usageType").GetString() == Signature)
                    StatementSignature.Require(statement, attachment, content);
            }
        }

        if (Attachments.Keys.FirstOrDefault(hash => !named.Contains(hash)) is not null)
            throw ProblemException.Invalid("", "has a part that no statement names.");

        static ProblemException Fault(string reason) => ProblemException.Invalid("/attachments", reason);
    }

    /// <summary>What a statement, and one inside it, names as attached.</summary>
    public static IEnumerable<JsonElement> AttachmentsOf(JsonElement statement)
    {
        if (statement.TryGetProperty("attachments", out var own))
        {
            foreach (var one in own.EnumerateArray()) yield return one;
        }

        if (statement.GetProperty("object") is var inner && StatementRules.KindOf(inner) == "SubStatement")
        {
            foreach (var one in AttachmentsOf(inner)) yield return one;
        }
    }

    /// <summary>Parses a body or a part of one.</summary>
    internal static JsonElement ParseJson(ReadOnlyMemory<byte> body)
    {
        using var json = StrictJson.Parse(body, MaxDepth);
        return json.RootElement.Clone();
    }

    private static string? HashOf(byte[] content, int digits) => digits switch
    {
        64 => Convert.ToHexStringLower(SHA256.HashData(content)),
        96 => Convert.ToHexStringLower(SHA384.HashData(content)),
        128 => Convert.ToHexStringLower(SHA512.HashData(content)),
        _ => null,
    };

    private static string? HeaderOf(MultipartSection section, string name) =>
        section.Headers?.FirstOrDefault(one => one.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value
            .ToString() is { Length: > 0 } value ? value : null;

    private static ProblemException WrongType() => ProblemException.Invalid(
        "Content-Type", "must be application/json, or multipart/mixed with its boundary.");
}
