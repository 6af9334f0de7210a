using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Pages;

namespace MicroCreds.Ledger.Gateway.Problems;

/// <summary>Writes problems as RFC 9457 wants them, and as a page for who opens one in a browser.</summary>
public static class ProblemResponse
{
    public const string MediaType = "application/problem+json";

    /// <summary>The most faults that one answer lists.</summary>
    public const int MaxFaults = 100;

    /// <summary>For JSON that is never put into a page: an apostrophe stays one.</summary>
    private static readonly JsonWriterOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The kind of problem that was answered; none if there was no problem.</summary>
    public static string? KindOf(HttpContext context) => context.Items[typeof(ProblemKind)] as string;

    public static Task WriteAsync(HttpContext context, ProblemException problem)
    {
        if (problem.RetryAfter is { } pause)
        {
            string seconds = Math.Ceiling(pause.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers.RetryAfter = seconds;
        }

        return WriteAsync(context, problem.Kind, problem.DetailFor(context.Request.Method), problem.Faults);
    }

    public static async Task WriteAsync(
        HttpContext context, ProblemKind kind, string detail, IReadOnlyList<FieldFault>? faults = null)
    {
        context.Items[typeof(ProblemKind)] = kind.Name;
        context.Response.StatusCode = kind.Status;
        if (ProblemPage.IsAsked(context))
        {
            await ProblemPage.WriteAsync(context, kind, detail);
            return;
        }

        context.Response.ContentType = MediaType;
        context.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        using (var json = new Utf8JsonWriter(context.Response.BodyWriter, Readable))
        {
            json.WriteStartObject();
            json.WriteString("type", kind.Type);
            json.WriteString("title", kind.Title);
            json.WriteNumber("status", kind.Status);
            json.WriteString("detail", detail);
            json.WriteString("instance", context.Request.Path);
            if (faults is { Count: > 0 })
                WriteFaults(json, faults);
            json.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>Writes <c>errors</c>: a list of pointers and reasons.</summary>
    public static void WriteFaults(Utf8JsonWriter json, IReadOnlyList<FieldFault> faults)
    {
        json.WriteStartArray("errors");
        foreach (var fault in faults.Take(MaxFaults))
        {
            json.WriteStartObject();
            json.WriteString("pointer", fault.Place);
            if (fault.Row is { } row)
                json.WriteNumber("row", row);
            json.WriteString("reason", fault.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
