using Microsoft.AspNetCore.WebUtilities;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// Where a learner is led back to, a page or an app of the wallet. Wallets are not known here before they ask: that it
/// is the wallet which asked, its code verifier shows, and the learner is told where the credentials go.
/// </summary>
internal static class WalletRedirect
{
    private const int MaxLength = 2000;

    // What a browser would run or read here, instead of leading elsewhere, and what other apps than wallets hear to.
    private static readonly string[] Never =
    [
        "about", "blob", "callto", "chrome", "content", "data", "dav", "dns", "facetime", "feed", "file", "filesystem",
        "ftp", "ftps", "geo", "gopher", "imap", "intent", "irc", "jar", "javascript", "jdbc", "ldap", "ldaps", "magnet",
        "mailto", "market", "ms-settings", "news", "nfs", "nntp", "payto", "pop", "resource", "rtsp", "search-ms",
        "sftp", "shell", "sip", "sips", "skype", "sms", "smsto", "smb", "ssh", "svn", "tel", "telnet", "tg", "urn",
        "vbscript", "view-source", "vnc", "webcal", "whatsapp", "ws", "wss", "xmpp",
    ];

    /// <summary>Whether a learner may be led there.</summary>
    public static bool IsGood(string redirect) =>
        redirect.Length <= MaxLength && Uri.TryCreate(redirect, UriKind.Absolute, out var uri)
        && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0 && !redirect.Contains('#', StringComparison.Ordinal)
        && redirect.All(letter => letter is > ' ' and <= '~' and not ('"' or '\'' or ';' or ',' or '\\' or '<' or '>'))
        && uri.Scheme switch
        {
            "https" => uri.Host.Length > 0,
            "http" => uri.IsLoopback,
            _ => !Never.Contains(uri.Scheme, StringComparer.OrdinalIgnoreCase),
        };

    /// <summary>What a learner is told of it: the host of a page, or an app's scheme.</summary>
    public static string NameOf(string redirect)
    {
        var uri = new Uri(redirect);
        return uri.Scheme is "https" or "http" ? uri.Authority : uri.Scheme + ":";
    }

    /// <summary>What a page's policy has to allow, so that its form may lead there.</summary>
    public static string PolicyOf(string redirect)
    {
        var uri = new Uri(redirect);
        return uri.Scheme is "https" or "http" ? uri.GetLeftPart(UriPartial.Authority) : uri.Scheme + ":";
    }

    /// <summary>The address with an answer.</summary>
    public static string With(string redirect, params (string Name, string? Value)[] answer) =>
        QueryHelpers.AddQueryString(
            redirect, answer.Where(one => one.Value is not null)
                .Select(one => KeyValuePair.Create(one.Name, one.Value)));
}
