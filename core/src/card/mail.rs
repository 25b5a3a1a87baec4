//! What tenants' owners are told by e-mail. Never a password.

use crate::plan::Plan;

/// Subject and text of the e-mail with the access details of a new site (playbook 5.2).
pub fn access_mail(plan: &Plan) -> (String, String) {
    let subject = format!("Your WordPress site {} is ready ({})", plan.host, plan.tenancy.environment.title());
    let text = format!(
        "Hello {company},\n\n\
         your WordPress site stands in our {environment} environment.\n\n\
         Site:            https://{host}/\n\
         Administration:  https://{host}/wp-admin/\n\
         Tenant id:       {tenant}\n\n\
         On your first visit WordPress asks you to choose the administrator's name and password. We do not know it and \
         never ask for it.\n\n\
         The platform team\n",
        company = plan.details.company,
        environment = plan.tenancy.environment.title(),
        host = plan.host,
        tenant = plan.details.tenant,
    );
    (subject, text)
}
