using System.Buffers;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MicroCreds.Ledger.Gateway.Reading;

/// <summary>Reads request bodies: whole, bounded, and as strict JSON.</summary>
public static class RequestBody
{
    /// <summary>The largest body of any request but a batch.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>The largest body of a batch.</summary>
    public const int MaxBatchBytes = 32 * 1024 * 1024;

    /// <summary>The slowest that a body may come, once <see cref="SlowGrace"/> has passed.</summary>
    public const int MinBytesPerSecond = 240;

    /// <summary>How long a body may take before its pace counts.</summary>
    public static readonly TimeSpan SlowGrace = TimeSpan.FromSeconds(5);

    /// <summary>The rule in words.</summary>
    public static readonly string SlowestBody = $"After 5 seconds a body must come at {MinBytesPerSecond} bytes/s.";

    private const string Json = "application/json";

    /// <summary>Sets the server's own limit, for all addresses that name no other.</summary>
    public static void Limit(KestrelServerOptions server)
    {
        server.AddServerHeader = false;
        server.Limits.MaxRequestBodySize = MaxBytes;
        server.Limits.MinRequestBodyDataRate = new MinDataRate(MinBytesPerSecond, SlowGrace);
    }

    /// <summary>Reads a record from a JSON body.</summary>
    /// <exception cref="ProblemException">
    /// The body is too large, or no JSON by its media type, or not this record.
    /// </exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, int maxBytes = MaxBytes)
        where T : class
    {
        RequireMediaType(request, Json);
        byte[] body = await ReadBytesAsync(request, maxBytes);
        RefuseEmpty(body);
        using var document = StrictJson.Parse(body);
        NullItems.Refuse(document.RootElement, typeof(T));
        return LedgerJson.Deserialize<T>(document.RootElement);
    }

    /// <summary>Reads a record from a JSON body, naming everything that is wrong with it at once.</summary>
    /// <param name="request">The request.</param>
    /// <param name="rules">What the record's members may be.</param>
    /// <exception cref="ProblemException">
    /// The body is too large, or no JSON by its media type, or not this record, or against the rules.
    /// </exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, Func<T, IReadOnlyList<LedgerError>> rules)
        where T : class
    {
        RequireMediaType(request, Json);
        byte[] body = await ReadBytesAsync(request, MaxBytes);
        RefuseEmpty(body);
        using var document = StrictJson.Parse(body);
        NullItems.Refuse(document.RootElement, typeof(T));
        return new RecordReader<T>(document.RootElement, rules).Read();
    }

    /// <summary>Reads a record from a JSON body that may be absent.</summary>
    public static async Task<T> ReadOrDefaultAsync<T>(HttpRequest request)
        where T : class, new()
    {
        byte[] body = await ReadBytesAsync(request, MaxBytes);
        if (body.Length == 0)
            return new T();
        RequireMediaType(request, Json);
        using var document = StrictJson.Parse(body);
        NullItems.Refuse(document.RootElement, typeof(T));
        return LedgerJson.Deserialize<T>(document.RootElement);
    }

    /// <summary>Reads a whole body, without the byte order mark that it may begin with.</summary>
    /// <exception cref="ProblemException">It is larger than it may be.</exception>
    public static async ValueTask<byte[]> ReadBytesAsync(HttpRequest request, int maxBytes)
    {
        if (request.ContentLength > maxBytes)
            throw TooLarge(maxBytes);
        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(request.HttpContext.RequestAborted);
            var buffer = result.Buffer;
            if (buffer.Length > maxBytes)
            {
                reader.AdvanceTo(buffer.End);
                throw TooLarge(maxBytes);
            }

            if (result.IsCompleted)
            {
                byte[] body = buffer.ToArray();
                reader.AdvanceTo(buffer.End);
                return StrictJson.WithoutByteOrderMark(body);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Refuses a body of another media type than one of these.</summary>
    public static void RequireMediaType(HttpRequest request, params ReadOnlySpan<string> mediaTypes)
    {
        string sent = request.ContentType ?? "";
        int end = sent.IndexOf(';', StringComparison.Ordinal);
        string plain = (end < 0 ? sent : sent[..end]).Trim();
        foreach (string mediaType in mediaTypes)
        {
            if (plain.Equals(mediaType, StringComparison.OrdinalIgnoreCase))
                return;
        }

        throw new ProblemException(
            ProblemKind.UnsupportedMediaType, $"Send Content-Type: {string.Join(" or ", mediaTypes.ToArray())}.");
    }

    private static void RefuseEmpty(byte[] body)
    {
        if (body.Length == 0)
            throw new ProblemException(ProblemKind.InvalidJson, "The body is empty: send a JSON object.");
    }

    /// <summary>What a body is refused with that is larger than it may be.</summary>
    internal static ProblemException TooLarge(int maxBytes) =>
        new(ProblemKind.TooLarge, $"The body may have {maxBytes} bytes at most. Nothing was changed.");
}
