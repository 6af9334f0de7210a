using System.Security.Cryptography;
using System.Text;

namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>
/// The cookie that names a session. It holds 256 random bits and nothing else: what it stands for is in the store,
/// hashed, and ends there. Pages of other sites have it sent along only when they lead here, never when they write.
/// </summary>
public static class SessionCookie
{
    /// <summary>The scheme that people with a session are known by.</summary>
    public const string SchemeName = "Session";

    private const int NameBytes = 4;

    /// <summary>Its name.</summary>
    public static string NameOf(SignIn signIn) => OwnCookie.NameOf("session", signIn);

    /// <summary>What tells an institution's cookies from others' on the same machine.</summary>
    public static string MarkOf(string mspId) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(mspId)).AsSpan(0, NameBytes));

    /// <summary>Gives it to the browser, until the browser is closed.</summary>
    public static void Give(HttpContext context, SignIn signIn, string token) =>
        context.Response.Cookies.Append(NameOf(signIn), token, OwnCookie.Settings(signIn));

    /// <summary>Takes it back.</summary>
    public static void Remove(HttpContext context, SignIn signIn) =>
        context.Response.Cookies.Delete(NameOf(signIn), OwnCookie.Settings(signIn));
}
