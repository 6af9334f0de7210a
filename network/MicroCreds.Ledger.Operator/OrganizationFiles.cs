namespace MicroCreds.Ledger.Operator;

/// <summary>Where cryptogen's layout puts an organisation's key material.</summary>
internal sealed class OrganizationFiles(string state, string domain)
{
    private string Root => Path.Combine(state, "organizations", "peerOrganizations", domain);

    public string PeerTlsCa => Path.Combine(Root, "peers", $"peer0.{domain}", "tls", "ca.crt");

    public string PeerTlsName => $"peer0.{domain}";

    public string CertificateOf(string user) =>
        Path.Combine(Root, "users", $"{user}@{domain}", "msp", "signcerts", $"{user}@{domain}-cert.pem");

    public string KeyOf(string user) => Path.Combine(Root, "users", $"{user}@{domain}", "msp", "keystore", "priv_sk");

    public string ForChaincode(string chaincode, string file) => Path.Combine(Root, "chaincode", chaincode, file);
}
