namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>Where to go on to after signing in: never away from this gateway.</summary>
public static class LocalAddress
{
    /// <summary>Where one goes who did not say.</summary>
    public const string Default = "/desk";

    private const int MaxLength = 500;

    /// <summary>
    /// The wanted address if it is a path of this gateway, else the default. Browsers read a second slash, or a
    /// backslash, as another host, and drop tabs and line ends before they look.
    /// </summary>
    public static string Of(string? wanted) =>
        wanted is { Length: > 0 and <= MaxLength } && wanted[0] == '/'
        && (wanted.Length == 1 || wanted[1] is not ('/' or '\\'))
        && wanted.All(c => c is > ' ' and < '\x7f' and not '\\')
            ? wanted
            : Default;
}
