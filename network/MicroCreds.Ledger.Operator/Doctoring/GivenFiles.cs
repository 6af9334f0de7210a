namespace MicroCreds.Ledger.Operator.Doctoring;

/// <summary>
/// Looks at files and at an endpoint that are given, whoever made them: an identity of any Fabric network, a peer or an
/// orderer anywhere.
/// </summary>
internal static class GivenFiles
{
    private const string Msp = "--msp";
    private const string Certificate = "--cert";
    private const string Key = "--key";
    private const string Authority = "--ca";
    private const string Unit = "--unit";
    private const string Role = "--role";
    private const string Endpoint = "--peer";
    private const string TlsAuthority = "--tls-ca";
    private const string TlsName = "--tls-name";

    /// <summary>What may be given.</summary>
    public static readonly string[] Options =
        [Msp, Certificate, Key, Authority, Unit, Role, Endpoint, TlsAuthority, TlsName];

    /// <exception cref="OperatorException">What was given does not suffice to look at anything.</exception>
    public static async Task<IReadOnlyList<Finding>> ExamineAsync(
        IReadOnlyDictionary<string, string> options, DateTimeOffset now, CancellationToken cancellation)
    {
        var findings = new List<Finding>();
        if (options.GetValueOrDefault(Msp) is { } directory)
        {
            string organization = options.GetValueOrDefault(Authority) ?? directory;
            findings.AddRange(IdentityExamination.Examine(
                directory, directory, organization, options.GetValueOrDefault(Unit), now));
            findings.AddRange(options.GetValueOrDefault(Role) is { } role
                ? IdentityExamination.ExamineRole(directory, directory, role)
                : []);
        }

        if (options.GetValueOrDefault(Certificate) is { } certificate)
        {
            string authority = Needed(Authority, "the organisation's authority: a certificate or a folder of them");
            findings.AddRange(IdentityExamination.ExamineFiles(
                certificate, certificate, options.GetValueOrDefault(Key), authority, options.GetValueOrDefault(Unit),
                now));
            findings.AddRange(options.GetValueOrDefault(Role) is { } role
                ? IdentityExamination.ExamineRoleOf(certificate, certificate, role)
                : []);
        }

        if (options.GetValueOrDefault(Endpoint) is { } endpoint)
        {
            string authority = Needed(TlsAuthority, "the TLS authority's certificate that clients trust");
            findings.AddRange(await TlsExamination.ExamineEndpointAsync(
                endpoint, endpoint, authority, now, cancellation, options.GetValueOrDefault(TlsName)));
        }

        return options.ContainsKey(Msp) || options.ContainsKey(Certificate) || options.ContainsKey(Endpoint)
            ? findings
            : throw new OperatorException(
                $"doctor needs something to look at: {Msp} FOLDER, or {Certificate} FILE with {Authority} and {Key}, "
                + $"or {Endpoint} HOST:PORT with {TlsAuthority}; without any it looks at the network in --state.");

        string Needed(string name, string what) => options.GetValueOrDefault(name)
            ?? throw new OperatorException($"doctor: give {what}: {name}.");
    }
}
