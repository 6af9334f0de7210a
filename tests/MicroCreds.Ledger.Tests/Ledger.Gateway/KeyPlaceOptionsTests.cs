using MicroCreds.Ledger.Gateway.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Settings of keys that are in no file: each fault is named, with what to set instead.</summary>
public sealed class KeyPlaceOptionsTests
{
    [Theory]
    [InlineData("Pkcs11Token=x", "Pkcs11Module and Pkcs11PinFile: missing")]
    [InlineData("Pkcs11Sessions=4", "Pkcs11Module and Pkcs11Token and Pkcs11PinFile: missing")]
    [InlineData("Pkcs11Module=/no/such/library.so", "Pkcs11Module is \"/no/such/library.so\": there is no such file")]
    [InlineData("Pkcs11PinFile=/no/such/pin", "Pkcs11PinFile is \"/no/such/pin\": there is no such file")]
    [InlineData("IssuerKeyPlace=token", "IssuerKeyPlace is Token: name the token by")]
    [InlineData("IssuerKeyPlace=cloud", "it must be Files or Token or AwsKms")]
    [InlineData("IssuerKeyPlace=awskms;IssuerKeyAlgorithm=ed25519", "IssuerKeyAlgorithm cannot be Ed25519")]
    [InlineData("IssuerKeyLabel=two words", "IssuerKeyLabel is \"two words\"")]
    [InlineData("UserKey=pkcs11:fabric", "a key in the token is named pkcs11:object=LABEL")]
    [InlineData("UserKey=pkcs11:object=fabric", "UserKey names a key in a token")]
    [InlineData("AdminKey=/no/such/key", "AdminKey is \"/no/such/key\": there is no such file")]
    [InlineData("AwsKmsEndpoint=kms.example", "AwsKmsEndpoint is \"kms.example\": it must be an absolute")]
    public void Fault_IsNamed(string settings, string expected)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings.Split(';').Select(one => one.Split('=', 2)).Select(
            one => KeyValuePair.Create($"{OptionsReader.Section}:{one[0]}", (string?)one[1])));
        var faults = Assert.Throws<OptionsException>(() => OptionsReader.Read(configuration, [])).Faults;
        Assert.Contains(faults, fault => fault.Contains(expected, StringComparison.Ordinal));
        Assert.DoesNotContain(faults, fault => fault.Contains("not a setting", StringComparison.Ordinal));
    }

    [Fact]
    public void Sessions_OutOfBounds_AreNamed()
    {
        string file = Path.GetTempFileName();
        try
        {
            foreach (string sessions in (string[])["0", "1025", "many"])
            {
                var configuration = new ConfigurationManager();
                configuration.AddInMemoryCollection(new Dictionary<string, string?>
                {
                    [$"{OptionsReader.Section}:Pkcs11Module"] = file,
                    [$"{OptionsReader.Section}:Pkcs11Token"] = "x",
                    [$"{OptionsReader.Section}:Pkcs11PinFile"] = file,
                    [$"{OptionsReader.Section}:Pkcs11Sessions"] = sessions,
                });
                var faults = Assert.Throws<OptionsException>(() => OptionsReader.Read(configuration, [])).Faults;
                Assert.Contains(faults, fault => fault.StartsWith(
                    $"Pkcs11Sessions is \"{sessions}\"", StringComparison.Ordinal));
            }
        }
        finally
        {
            File.Delete(file);
        }
    }
}
