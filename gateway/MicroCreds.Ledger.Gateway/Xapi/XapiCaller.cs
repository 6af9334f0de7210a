using System.Text;
using MicroCreds.Ledger.Gateway.Practising;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Xapi;

/// <summary>Who speaks: a simulator by its own secret, or in a session by that session's token.</summary>
/// <param name="Simulator">The simulator.</param>
/// <param name="Session">The session; none where it shows its own secret.</param>
internal sealed record XapiCaller(Simulator Simulator, PracticeSession? Session)
{
    /// <summary>Whose documents it writes.</summary>
    public DocumentOwner Owner => new(Simulator.Id, Session?.Practice);
}

/// <summary>Knows simulators by <c>Authorization: Basic</c>. Thread-safe.</summary>
internal sealed class XapiCallers(
    Simulators simulators, PracticeSessions sessions, Practices practices, TimeProvider time)
{
    private const string Basic = "Basic ";
    private const int MaxHeaderLength = 1024;

    /// <summary>Finds out who speaks.</summary>
    /// <exception cref="ProblemException">It is nobody whose word is taken.</exception>
    public XapiCaller Require(XapiRequest request)
    {
        var (name, secret) = Parse(request.Header("Authorization")) ?? throw Unknown(request);
        if (simulators.Identify(name, secret) is { } simulator) return new XapiCaller(simulator, Session: null);
        if (sessions.Identify(secret) is { } session && session.Id.ToString() == name
            && simulators.Find(session.Simulator) is { WithdrawnAt: null } its
            && practices.Find(session.Practice) is not null
            && time.GetUtcNow() - session.CreatedAt < SessionRule.Lifetime)
            return new XapiCaller(its, session);
        throw Unknown(request);
    }

    /// <summary>What a simulator sends after <c>Basic</c> in a session.</summary>
    public static string TokenOf(PracticeSession session, string secret) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes($"{session.Id}:{secret}"));

    private static (string Name, string Secret)? Parse(string? header)
    {
        if (header is null || header.Length > MaxHeaderLength
            || !header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase))
            return null;
        byte[] bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[Basic.Length..].Trim(), bytes, out int written)) return null;
        string text = Encoding.UTF8.GetString(bytes, 0, written);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : (text[..colon], text[(colon + 1)..]);
    }

    private static ProblemException Unknown(XapiRequest request)
    {
        request.Context.Response.OnStarting(() =>
        {
            request.Context.Response.Headers.WWWAuthenticate = "Basic realm=\"xapi\"";
            return Task.CompletedTask;
        });
        return new ProblemException(
            ProblemKind.Unauthenticated,
            "Send Authorization: Basic with a simulator's id and secret, or the token of a session that is not over "
            + "for long. A registrar registers simulators at POST /v1/simulators.");
    }
}
